"""A password hasher that costs nothing."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Cheap(Argon2PasswordHasher):
    """Argon2 with the least memory and time."""

    memory_cost = 8
    time_cost = parallelism = 1
