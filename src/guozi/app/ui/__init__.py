"""What every page shares: base template, components as tags, numbers in words, paging, export, problems, the registry of shelves."""
