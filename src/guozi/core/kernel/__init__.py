"""The words that every other room uses: errors, findings, periods, dates of validity, scope, citation, unknown."""
