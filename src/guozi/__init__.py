"""guozi (国资智能监管平台): supervision of state-owned enterprises, with regulation as data and numbers that explain themselves."""

__version__ = "0.1.0"
