"""Pack releases as loaded: which text of the law was known when."""
