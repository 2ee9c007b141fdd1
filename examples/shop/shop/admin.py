"""The models in Django's admin site."""

from django.contrib import admin

from shop.models import Customer, Order, OrderLine, Product


class OrderLines(admin.TabularInline):
    model = OrderLine
    extra = 0


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    list_display = ["sku", "name", "price", "stock"]


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin):
    list_display = ["name", "email", "city"]


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    list_display = ["id", "customer", "placed_at", "status"]
    inlines = [OrderLines]
