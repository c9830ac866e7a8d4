"""Writing the audit trail; called by every action."""

from __future__ import annotations

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from guozi.app import gate
from guozi.app.audit.models import Entry


def record(action: str, subject: models.Model | str, org_id: int | None = None, **detail: object) -> None:
    """One entry of the current person, in the caller's transaction. Decimals, dates and UUIDs in `detail` become text."""
    name = subject if isinstance(subject, str) else f"{subject._meta.label_lower}:{subject.pk}"
    plain = json.loads(json.dumps(detail, cls=DjangoJSONEncoder))
    Entry.objects.create(person=gate.somebody(), action=action, subject=name, org_id=org_id, detail=plain)
    gate.audited()
