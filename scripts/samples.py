"""Writes `samples/` anew from a table of published statements: one CSV a company, an item a row, a year a column.

Usage: python scripts/samples.py <statements.csv>      (code,name,statement,date,item_zh,value_10k_yuan)
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from stdnum.cn import uscc

HERE = Path(__file__).resolve().parent.parent / "samples"
FORMS = {"balance": "balance_sheet", "income": "income_statement", "cash_flow": "cash_flow"}
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def made_up_uscc(code: str) -> str:
    """A unified social credit code that nobody bears: region 990000 does not exist; both check characters are right.

    Organisation codes (GB 11714) weigh their eight characters by 3 7 9 10 5 8 4 2, modulo 11.
    """
    body = f"X0{code}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    rest = 11 - sum(weight * ALPHABET.index(letter) for weight, letter in zip(weights, body, strict=True)) % 11
    organisation = body + {10: "X", 11: "0"}.get(rest, str(rest))
    number = f"91990000{organisation}"
    return number + str(uscc.calc_check_digit(number))


def main(source: Path) -> None:
    """Reads the table and writes every file of `samples/published`."""
    names: dict[str, str] = {}
    items: dict[str, dict[tuple[str, str], dict[int, str]]] = {}
    order: dict[tuple[str, str], int] = {}
    with source.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            code = row["code"]
            names[code] = row["name"]
            spot = FORMS[row["statement"]], row["item_zh"]
            order.setdefault(spot, len(order))
            years = items.setdefault(code, {}).setdefault(spot, {})
            year = int(row["date"][:4])
            if row["date"][4:] != "-12-31" or year in years:
                raise SystemExit(f"{code} {row['date']} {row['item_zh']}: twice, or not the end of a year")
            years[year] = row["value_10k_yuan"]
    folder = HERE / "published"
    folder.mkdir(parents=True, exist_ok=True)
    rank = {form: index for index, form in enumerate(FORMS.values())}
    for code, found in items.items():
        years = sorted({year for values in found.values() for year in values}, reverse=True)
        with (folder / f"{code}.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(["form", "item", *years])
            for form, item in sorted(found, key=lambda spot: (rank[spot[0]], order[spot])):
                table.writerow([form, item, *(found[form, item].get(year, "") for year in years)])
    with (HERE / "companies.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["code", "name", "made_up_uscc"])
        table.writerows([code, name, made_up_uscc(code)] for code, name in sorted(names.items()))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]))
