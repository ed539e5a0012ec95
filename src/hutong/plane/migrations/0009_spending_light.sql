-- Every answer adds a nonce and a guess. What differs most comes first in their keys, so that one comparison finds the
-- place; the sweep of nonces, once a minute, reads the few minutes of them that are kept, and needs no index.
alter table plane.nonce drop constraint nonce_once;
alter table plane.nonce add constraint nonce_once primary key (nonce, system);
drop index plane.nonce_until;
alter table plane.guess_spent drop constraint guess_spent_pkey;
alter table plane.guess_spent add constraint guess_spent_pkey primary key (subject, grant_no, day);
