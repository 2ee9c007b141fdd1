"""The shop's two pages, as JSON."""

from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404

from shop.models import Product


def products(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"products": [_shown(product) for product in Product.objects.all()]})


def product(request: HttpRequest, sku: str) -> JsonResponse:
    return JsonResponse(_shown(get_object_or_404(Product, sku=sku)))


def _shown(product: Product) -> dict[str, object]:
    return {"sku": product.sku, "name": product.name, "price": str(product.price), "in_stock": product.stock > 0}
