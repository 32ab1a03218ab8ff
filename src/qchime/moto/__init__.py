"""The integration with moto: our services as part of moto, and moto's services behind our server."""
