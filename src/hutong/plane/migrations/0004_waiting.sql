-- What a delivery that waits for the provider's word would do: how many records were held when it came, and how many of
-- them it would remove. Null where it never waited, and where it waited before this was kept.
alter table plane.delivery add column stored_rows bigint, add column removed_rows bigint;
