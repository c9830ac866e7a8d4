"""A database backend for Django: PostgreSQL, told at each statement who is asking (`settings.DATABASES[…]["ENGINE"]`)."""
