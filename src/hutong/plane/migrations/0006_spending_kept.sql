-- What is spent stands beside what may be, and no row says more than that. What was there before is held to nothing until
-- it is added to: whoever adds says what may be.
alter table plane.quota_spent add column quota int not null default 2147483647;
alter table plane.quota_spent alter column quota drop default;
alter table plane.quota_spent add constraint quota_kept check (spent <= quota);

alter table plane.guess_spent add column guesses int not null default 2147483647;
alter table plane.guess_spent alter column guesses drop default;
alter table plane.guess_spent add constraint guesses_kept check (spent <= guesses);
