"""Packs: the regulation as data. YAML and CSV become core objects, strictly; dated, cited, tested; every fault a finding with its place."""

from guozi.packs.library import Library, Pack, PackObject, Source
from guozi.packs.load import default_root, load, load_files, read_files
from guozi.packs.picture import picture
from guozi.packs.rulebook import BoundCheck, BoundIndicator, BoundWarning, Rulebook

__all__ = [
    "BoundCheck",
    "BoundIndicator",
    "BoundWarning",
    "Library",
    "Pack",
    "PackObject",
    "Rulebook",
    "Source",
    "default_root",
    "load",
    "load_files",
    "picture",
    "read_files",
]
