-- How the file of a delivery was read, kept with its receipt: numbers, places, names of sheets and items, no cell's
-- content (reading/report.py). Null of what came before it was kept, and of a file of which nothing could be read.
alter table plane.delivery add column what_was_read jsonb;

-- When the very same snapshot had been loaded before, where this one changed nothing by that.
alter table plane.delivery add column same_loaded_at timestamptz;
