"""The Django app `files`."""

from django.apps import AppConfig

from guozi.app import gate


class FilesConfig(AppConfig):
    """Uploads, by hash."""

    name = "guozi.app.files"
    label = "files"

    def ready(self) -> None:
        gate.declare("files.read", zh="下载文件", en="Fetch files")
        gate.declare("files.upload", zh="上传文件", en="Hand in files")
