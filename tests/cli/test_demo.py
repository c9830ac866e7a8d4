"""`guozi demo`: an instance with accounts for every role, that goes on where it was, and a municipality that is the same everywhere."""

from guozi.cli.city import City
from tests.cli.conftest import Done, Instance


def test_the_demo_prints_one_document_with_an_account_for_each_role(made: tuple[Instance, Done]) -> None:
    _instance, done = made
    assert done.code == 0, done.err
    assert {"home", "url", "accounts", "entities", "filings"} == set(done.document)
    assert {"reporter", "reviewer", "officer", "leader", "system_admin", "security_admin", "audit_admin"} == {
        account["role"] for account in done.document["accounts"]
    }
    assert all(account["login"] and account["password"] for account in done.document["accounts"])
    assert done.document["filings"] == 3 * 134


def test_the_demo_is_well(guozi: Instance) -> None:
    done = guozi("doctor", "--json")
    assert (done.code, [check for check in done.document["checks"] if not check["ok"]]) == (0, [])
    assert [check["name"] for check in done.document["checks"]] == [
        "database", "tables", "packs", "facts", "jobs", "disk", "audit",
    ]  # fmt: skip


def test_a_made_up_city_is_the_same_on_every_machine() -> None:
    first, second = City(30, 3), City(30, 3)
    assert first.enterprises == second.enterprises
    assert [list(first.filings(one)) for one in first.enterprises] == [
        list(second.filings(one)) for one in second.enterprises
    ]
    assert len({one.name for one in first.enterprises}) == 30


def test_made_up_statements_add_up_but_for_a_few() -> None:
    wrong = total = 0
    city = City(200, 20)
    for one in city.enterprises:
        for _year, forms, sound in city.filings(one):
            sheet = {item: int(row["closing"]) for item, row in forms["balance_sheet"].items()}
            assert sheet["total_assets"] == sheet["total_liabilities"] + sheet["total_equity"]
            adds_up = sheet["current_assets"] + sheet["non_current_assets"] == sheet["total_assets"]
            assert adds_up is sound
            flow = {item: int(row["current"]) for item, row in forms["cash_flow"].items()}
            assert flow["closing_cash"] == sheet["cash"]
            wrong, total = wrong + (not sound), total + 1
    assert 0 < wrong < total * 0.05
