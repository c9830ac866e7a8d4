"""Filings: tasks, obligations, drafts, versions, acceptance, findings."""
