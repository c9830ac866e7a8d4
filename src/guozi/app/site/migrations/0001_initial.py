from django.db import migrations

from guozi.app.gate import rls

_OURS_NOT = "Django's own table, not used by the application"


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("gate", "0001_initial"),
        ("sessions", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        rls.Open("django_session", why="signing in writes it before anyone is there"),
        rls.Open("django_migrations", why="which migrations have run", rights="select"),
        rls.Open("django_content_type", why=_OURS_NOT, rights=""),
        rls.Open("auth_permission", why=_OURS_NOT, rights=""),
        rls.Open("auth_group", why=_OURS_NOT, rights=""),
        rls.Open("auth_group_permissions", why=_OURS_NOT, rights=""),
    ]
