"""The rows that the shop opens with, so that an agent finds something to look at."""

from datetime import datetime, timezone

from django.db import migrations

PRODUCTS = [
    # sku, name, price, stock
    ("kochere", "Ethiopia Kochere, 250 g", "11.50", 42),
    ("huila", "Colombia Huila, 250 g", "9.80", 65),
    ("mantiqueira", "Brazil Mantiqueira, 1 kg", "27.00", 18),
    ("decaf", "Decaf Sugarcane, 250 g", "10.40", 0),
    ("filters", "Paper filters, 100", "4.20", 310),
    ("hand-grinder", "Hand grinder, steel burrs", "79.00", 7),
]

CUSTOMERS = [
    # name, email, city
    ("Ada Byron", "ada@example.com", "London"),
    ("Bohumil Hrabal", "bohumil@example.com", "Nymburk"),
    ("Chiyo Nakamura", "chiyo@example.com", "Kyoto"),
    ("Dora Maar", "dora@example.com", "Paris"),
]

ORDERS = [
    # email, placed, status, [(sku, quantity)]
    ("ada@example.com", datetime(2026, 9, 3, 8, 15, tzinfo=timezone.utc), "shipped", [("kochere", 2), ("filters", 1)]),
    ("bohumil@example.com", datetime(2026, 9, 14, 17, 2, tzinfo=timezone.utc), "refunded", [("decaf", 3)]),
    ("chiyo@example.com", datetime(2026, 10, 1, 23, 40, tzinfo=timezone.utc), "shipped", [("hand-grinder", 1), ("huila", 1)]),
    ("ada@example.com", datetime(2026, 10, 20, 7, 55, tzinfo=timezone.utc), "paid", [("mantiqueira", 1)]),
    ("dora@example.com", datetime(2026, 11, 2, 12, 30, tzinfo=timezone.utc), "placed", [("huila", 4), ("filters", 2)]),
]


def open_shop(apps, schema_editor):
    product, customer, order, line = (apps.get_model("shop", name) for name in ["Product", "Customer", "Order", "OrderLine"])
    for sku, name, price, stock in PRODUCTS:
        product.objects.create(sku=sku, name=name, price=price, stock=stock)
    for name, email, city in CUSTOMERS:
        customer.objects.create(name=name, email=email, city=city)
    for email, placed_at, status, lines in ORDERS:
        placed = order.objects.create(customer=customer.objects.get(email=email), placed_at=placed_at, status=status)
        for sku, quantity in lines:
            ordered = product.objects.get(sku=sku)
            line.objects.create(order=placed, product=ordered, quantity=quantity, price=ordered.price)


def close_shop(apps, schema_editor):
    for name in ["OrderLine", "Order", "Customer", "Product"]:
        apps.get_model("shop", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [migrations.RunPython(open_shop, close_shop)]
