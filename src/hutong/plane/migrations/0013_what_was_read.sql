-- How the file of a delivery was read, kept with its receipt: numbers, places, names of sheets and items, no cell's
-- content (reading/report.py). Null of what came before it was kept, and of a file of which nothing could be read.
alter table plane.delivery add column what_was_read jsonb;
