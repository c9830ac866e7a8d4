"""Addresses of reporting."""

from django.urls import path

from guozi.app.reporting import review_views, upload_views, views

app_name = "reporting"

urlpatterns = [
    path("", views.filings, name="filings"),
    path("new/", views.new, name="new"),
    path("upload/", upload_views.upload, name="upload"),
    path("template/", upload_views.template, name="template"),
    path("receipts/", views.receipts, name="receipts"),
    path("receipts/<str:number>/", views.receipt, name="receipt"),
    path("review/", review_views.review, name="review"),
    path("<int:filing_id>/", views.filing, name="filing"),
    path("<int:filing_id>/save/", views.save, name="save"),
    path("<int:filing_id>/edit/", views.edit, name="edit"),
    path("<int:filing_id>/submit/", views.submit, name="submit"),
    path("<int:filing_id>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:filing_id>/accept/", review_views.accept, name="accept"),
    path("<int:filing_id>/return/", review_views.send_back, name="return"),
    path("<int:filing_id>/versions/", views.versions, name="versions"),
    path("<int:filing_id>/spreadsheet/", upload_views.spreadsheet, name="spreadsheet"),
]
