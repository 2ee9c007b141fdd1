"""Where the shop answers when it is served as a website (`python manage.py runserver`)."""

from django.contrib import admin
from django.urls import path

from shop import views

urlpatterns = [
    path("", views.products, name="products"),
    path("products/<slug:sku>/", views.product, name="product"),
    path("admin/", admin.site.urls),
]
