"""Names of what belongs to one Provider object."""

from virtrigaud_api.v1beta1.provider_names import provider_dns_name, provider_dns_names, provider_service_name


def test_a_short_service_name_is_readable() -> None:
    assert provider_service_name("default", "lab") == "virtrigaud-provider-default-lab"


def test_l24_long_service_names_are_cut_to_a_dns_label_and_stay_apart() -> None:
    names = {provider_service_name("n" * 63, f"{'p' * 60}-{number}") for number in range(100)}

    assert len(names) == 100
    assert {len(name) for name in names} == {63}


def test_l24_a_cut_never_ends_in_a_sign_that_a_dns_label_refuses() -> None:
    name = provider_service_name("n" * 33, "-" * 40)

    assert name.startswith("virtrigaud-provider-nnn")
    assert "--" not in name


def test_a_certificate_names_the_full_dns_name_first() -> None:
    assert provider_dns_names("prod", "lab") == (
        "virtrigaud-provider-prod-lab.prod.svc.cluster.local",
        "virtrigaud-provider-prod-lab.prod.svc",
        "virtrigaud-provider-prod-lab.prod",
        "virtrigaud-provider-prod-lab",
    )
    assert provider_dns_name("prod", "lab") == provider_dns_names("prod", "lab")[0]
