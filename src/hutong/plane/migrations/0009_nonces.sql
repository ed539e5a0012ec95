-- Every answer adds a nonce. What differs most comes first in the key, so that one comparison finds its place; the sweep,
-- once a minute, reads the few minutes of them that are kept, and needs no index.
alter table plane.nonce drop constraint nonce_once;
alter table plane.nonce add constraint nonce_once primary key (nonce, system);
drop index plane.nonce_until;
