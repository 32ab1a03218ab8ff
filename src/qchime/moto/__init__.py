"""moto and qchime, each as a part of the other."""
