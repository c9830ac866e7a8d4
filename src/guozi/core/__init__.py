"""Values in, values out: what the field means, without Django, database, network or clock."""
