-- Answers use again what earlier ones read of registers and grants, if its rows are still the same ones; if they are not,
-- the transaction fails by this and the list is answered anew.
create function plane.expect_unchanged(unchanged boolean) returns void language plpgsql as $$
begin
    if unchanged is not true then
        raise exception 'registers or grants changed since they were read' using errcode = 'HT001';
    end if;
end
$$;
