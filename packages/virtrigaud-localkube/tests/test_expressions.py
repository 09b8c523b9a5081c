"""The functions that Kubernetes adds to CEL, each against what its documentation says."""

import pytest
from virtrigaud_localkube.schema.expressions import ExpressionError, check, evaluate

TRUE = [
    "quantity('1Gi').isGreaterThan(quantity('1G'))",
    "quantity('1Ki').isLessThan(quantity('2k'))",
    "quantity('1') == quantity('1000m')",
    "quantity('500m').compareTo(quantity('1')) == -1",
    "quantity('50k').add(20) == quantity('50020')",
    "quantity('50k').sub(quantity('1k')).asInteger() == 49000",
    "quantity('-1').sign() == -1 && !quantity('1500m').isInteger()",
    "quantity('1500m').asApproximateFloat() == 1.5",
    "isQuantity('1.3Mi') && isQuantity('1e3') && !isQuantity('1.3Gx') && !isQuantity('')",
    "quantity(self.limit).isLessThan(quantity('1Ti'))",
    "url('https://user@example.com:80/a?k=v&k=w').getHost() == 'example.com:80'",
    "url('https://[::1]:80/').getHostname() == '::1' && url('https://a/').getPort() == ''",
    "url('https://a/b?k=v&k=w').getQuery()['k'] == ['v', 'w'] && url('/a%20b').getEscapedPath() == '/a%20b'",
    "url('https://a').getScheme() == 'https' && isURL('/path') && !isURL('nothing')",
    "ip('127.0.0.1').family() == 4 && ip('::1').isLoopback() && isIP('::') && !isIP('1.2.3')",
    "ip('0.0.0.0').isUnspecified() && ip('169.254.1.1').isLinkLocalUnicast()",
    "ip('224.0.0.1').isLinkLocalMulticast() && ip('8.8.8.8').isGlobalUnicast()",
    "ip.isCanonical('::1') && !ip.isCanonical('0::1')",
    "cidr('10.0.0.0/8').containsIP('10.1.2.3') && !cidr('10.0.0.0/8').containsIP(ip('11.0.0.1'))",
    "cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && !cidr('10.1.0.0/16').containsCIDR(cidr('10.0.0.0/8'))",
    "!cidr('10.0.0.0/8').containsCIDR('::/0')",
    "cidr('10.0.0.5/8').ip() == ip('10.0.0.5') && cidr('10.0.0.5/8').masked() == cidr('10.0.0.0/8')",
    "cidr('10.0.0.0/8').prefixLength() == 8 && isCIDR('::/0') && !isCIDR('10.0.0.1')",
    "[1, 2, 2].isSorted() && ![2, 1].isSorted() && [1, 2].sum() == 3",
    "['b', 'a'].min() == 'a' && self.sizes.max() == 7",
    "'a1b22'.find('[0-9]+') == '1' && 'a'.find('[0-9]') == ''",
    "!'a\\n'.matches('^a$') && 'a\\n'.find('a$') == ''",
    "'a1b22'.findAll('[0-9]+') == ['1', '22'] && 'a1b22'.findAll('[0-9]+', 1) == ['1']",
]


@pytest.mark.parametrize("expression", TRUE)
def test_it_is_true(expression: str) -> None:
    check(expression)
    assert evaluate(expression, {"self": {"limit": "10Gi", "sizes": [3, 7]}}) is True


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("quantity('much').isInteger()", "no quantity"),
        ("quantity('1500m').asInteger() > 1", "no integer"),
        ("url('nothing').getPort() == ''", "no URL"),
        ("ip('1.2.3').family() == 4", "1.2.3"),
        ("cidr('10.0.0.1').prefixLength() == 32", "no CIDR"),
    ],
)
def test_what_is_none_fails_and_says_why(expression: str, why: str) -> None:
    with pytest.raises(ExpressionError, match=why):
        evaluate(expression, {"self": {}})
