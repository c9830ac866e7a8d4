"""Facts and queries: the judge (reference), DuckDB (default), and the Parquet parts that both read."""
