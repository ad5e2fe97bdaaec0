use safire_pki::Chain;
use safire_pki::Policy;
use safire_pki::Rule;
use safire_pki::UnanchoredPath;

use crate::keys;
use crate::keys::rsa;
use crate::support::NOW;
use crate::support::at;
use crate::support::read;
use crate::twin::Twin;

fn accept(chain: &Chain, now: u64) -> Result<usize, Rule> {
    UnanchoredPath::accept_without_trust_anchors_for_testing(chain, &Policy::strict(), at(now))
        .map(|path| path.certificates().len())
        .map_err(|failure| failure.rule())
}

fn chain(change: impl Fn(&mut Twin)) -> Chain {
    let mut twin = Twin::surefhir();
    change(&mut twin);
    let issued = twin.issue();
    Chain::from_der(&[vec![issued.leaf], issued.others].concat()).unwrap()
}

#[test]
fn dates_and_signatures_count_even_without_an_anchor() {
    let good = chain(|_| {});
    assert_eq!(accept(&good, NOW), Ok(2));
    assert_eq!(accept(&good, good.leaf().not_after().as_secs() + 1), Err(Rule::NotAfter));
    assert_eq!(accept(&good, good.leaf().not_before().as_secs() - 1), Err(Rule::NotBefore));
    assert_eq!(accept(&chain(|twin| twin.leaf_signer = Some(rsa(3))), NOW), Err(Rule::Signature));
    assert_eq!(accept(&chain(|twin| twin.sends_sub = false), NOW), Ok(1));
    assert_eq!(accept(&Chain::parse(&read("surefhir-leaf-fhirlabs.chain.pem")).unwrap(), NOW), Ok(3));
}

#[test]
fn a_chain_of_ours_is_checked_before_it_is_sent() {
    let check = |chain: &Chain, now: u64| {
        chain.check_before_signing(&Policy::strict(), at(now)).map_err(|failure| failure.rule())
    };
    let good = chain(|twin| twin.sends_root = true);
    assert_eq!(good.iter().count(), 3);
    assert_eq!(check(&good, NOW), Ok(()));
    let (first, last) = (good.leaf().not_before().as_secs(), good.leaf().not_after().as_secs());
    assert_eq!(check(&good, first), Ok(()));
    assert_eq!(check(&good, last), Ok(()));
    assert_eq!(check(&good, first - 1), Err(Rule::NotBefore));
    assert_eq!(check(&good, last + 1), Err(Rule::NotAfter));
    assert_eq!(check(&chain(|twin| twin.leaf_signer = Some(rsa(3))), NOW), Err(Rule::Signature));
    if crate::openssl::is_here("a leaf with a key of 1024 bits") {
        assert_eq!(check(&chain(|twin| twin.leaf_key = keys::rsa_1024()), NOW), Err(Rule::KeySize));
    }
    // Out of order, and the leaf twice.
    let swapped = Chain::new(good.leaf().clone(), good.others().iter().rev().cloned().collect()).unwrap();
    assert_eq!(check(&swapped, NOW), Err(Rule::IssuerFound));
    let twice = Chain::new(good.leaf().clone(), vec![good.leaf().clone()]).unwrap();
    assert_eq!(check(&twice, NOW), Err(Rule::IssuerIsAuthority));
}

#[test]
fn x5c_is_read_and_written() {
    let chain = chain(|_| {});
    assert_eq!(Chain::from_x5c(&chain.to_x5c()).unwrap(), chain);
    let mut elements = chain.to_x5c();
    elements[1].insert(64, '\n');
    assert_eq!(Chain::from_x5c(&elements).unwrap_err().code(), "certificate-base64");
    assert_eq!(Chain::from_x5c::<&str>(&[]).unwrap_err().code(), "certificate-not-found");
    assert_eq!(Chain::from_x5c(&[""]).unwrap_err().code(), "certificate-empty");
}
