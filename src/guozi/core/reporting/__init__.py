"""What a form is: items, columns, units, totals, checks; and what moves a filing's state."""
