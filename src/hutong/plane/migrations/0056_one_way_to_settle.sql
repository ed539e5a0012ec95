-- Claims are counted by plane.settle_comparing alone, which counts records too.
drop function plane.settle_claims;
