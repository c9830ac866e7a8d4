"""Facts: the projection of accepted filings into Parquet, its parts, and the runs that computed on them."""
