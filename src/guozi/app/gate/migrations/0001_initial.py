from django.db import migrations

FORWARDS = """
create schema app;
grant usage on schema app to guozi_app;

create function app.person() returns integer language plpgsql stable parallel safe as $$
declare
    told text := current_setting('app.person', true);
begin
    if told is null or told = '' then
        raise exception 'no person is set' using errcode = 'insufficient_privilege';
    end if;
    return told::integer;
end $$;

create function app.today() returns date language sql stable parallel safe as
    $$ select (now() at time zone 'Asia/Shanghai')::date $$;

-- until identity installs its answers: nobody sees a row, nobody may do a thing
create function app.orgs(shelf text) returns integer[] language plpgsql stable parallel safe as $$
begin
    perform app.person();
    return '{}';
end $$;

create function app.may(who integer, permission text, org integer) returns boolean language sql stable parallel safe as
    $$ select false $$;

create function app.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% takes new rows only', tg_table_name using errcode = 'restrict_violation';
end $$;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies: list[tuple[str, str]] = []

    operations = [migrations.RunSQL(FORWARDS, "drop schema app cascade")]
