"""Taking a release of a pack into the database."""

from __future__ import annotations

from hashlib import sha256

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from guozi.app import gate, wiring
from guozi.app.audit.actions import record
from guozi.app.regulation.models import PackObject, PackRelease, ReleaseObject


@gate.action("regulation.load", about=None)
def load_release(library: wiring.Library | None = None, name: str = "national") -> PackRelease:
    """Stores what the library holds (the packs on disk unless given), things by the hash of their content, and makes it the release in use.

    The same content again changes nothing. RefusedError, with the findings, for a library that has faults.
    """
    sound = (library or wiring.library()).demand_sound()
    objects = sound.objects()
    digest = sha256("\n".join(f"{thing.path} {thing.sha256}" for thing in objects).encode()).hexdigest()
    former = PackRelease.objects.select_for_update().filter(name=name, active__upper_inf=True).first()
    if former is not None and former.sha256 == digest:
        record("regulation.load", former, changed=False)
        return former
    now = timezone.now()
    if former is not None:
        former.active = DateTimeTZRange(former.active.lower, now)
        former.save(update_fields=["active"])
    release = PackRelease.objects.create(
        name=name, version=sound.packs[name].version, sha256=digest, active=DateTimeTZRange(now, None)
    )
    PackObject.objects.bulk_create(
        [
            PackObject(
                kind=thing.kind,
                pack=thing.pack,
                code=thing.code,
                sha256=thing.sha256,
                files=[[path, data.decode()] for path, data in thing.files.items()],
                effective=thing.effective,
            )
            for thing in objects
        ],
        ignore_conflicts=True,
    )
    wanted = {(thing.kind, thing.pack, thing.code, thing.sha256) for thing in objects}
    stored = PackObject.objects.filter(sha256__in={thing.sha256 for thing in objects})
    ReleaseObject.objects.bulk_create(
        ReleaseObject(release=release, object=row)
        for row in stored
        if (row.kind, row.pack, row.code, row.sha256) in wanted
    )
    record("regulation.load", release, changed=True, version=release.version, sha256=digest)
    return release
