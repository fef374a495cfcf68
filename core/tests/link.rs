//! Links, without what is packed in them.

use proptest::prelude::*;
use warren_core::link::{Link, LinkError, MOST_LETTERS, VERSION, View};
use warren_core::scenario::NodeId;
use warren_core::time::Tick;

fn nodes() -> impl Strategy<Value = NodeId> {
    (0..3, any::<String>()).prop_map(|(kind, name)| {
        let name = name.chars().take(60).collect::<String>().into();
        match kind {
            0 => NodeId::Client(name),
            1 => NodeId::Exchange(name),
            _ => NodeId::Queue(name),
        }
    })
}

fn links() -> impl Strategy<Value = Link> {
    let view =
        (any::<i32>(), any::<i32>(), 1..u16::MAX).prop_map(|(x, y, zoom)| View { x, y, zoom });
    (
        prop::collection::vec(any::<u8>(), 0..300),
        prop::option::of((0..3_600_000_000_u64).prop_map(Tick)),
        prop::option::of(nodes()),
        prop::option::of(view),
    )
        .prop_map(|(packed, at, selected, view)| Link { packed, at, selected, view })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(link in links()) {
        let written = link.write().expect("a short link");
        prop_assert!(written.bytes().all(|b| b.is_ascii_graphic()));
        prop_assert!(!written.contains(['"', '<', '>', '\'', '#', ' ']));
        for address in [written.clone(), format!("#{written}"), format!(" https://x.test/a?b#{written}\n")] {
            prop_assert_eq!(Link::read(&address), Ok(link.clone()));
        }
    }

    #[test]
    fn no_text_makes_the_reader_fall_over(text in ".{0,200}") {
        let _ = Link::read(&text);
        let _ = Link::read(&format!("#{VERSION}.{text}"));
        let _ = Link::read(&format!("#{VERSION}.AAAA&select=queue:{text}&at={text}&view={text}"));
    }
}

#[test]
fn base64_is_that_of_rfc_4648() {
    let vectors = [
        ("", ""),
        ("f", "Zg"),
        ("fo", "Zm8"),
        ("foo", "Zm9v"),
        ("foob", "Zm9vYg"),
        ("fooba", "Zm9vYmE"),
        ("foobar", "Zm9vYmFy"),
        ("\u{3f}\u{3e}~\u{7f}", "Pz5-fw"),
    ];
    for (octets, digits) in vectors {
        let link = Link { packed: octets.into(), ..Link::default() };
        assert_eq!(link.write(), Ok(format!("w1.{digits}")));
    }
    let all: Vec<u8> = vec![0xff, 0xef, 0xbe];
    assert_eq!(Link { packed: all, ..Link::default() }.write(), Ok("w1._---".into()));
}

#[test]
fn a_link_that_is_none_says_why() {
    for (address, want) in [
        ("", LinkError::NoScenario),
        ("https://x.test/", LinkError::NoScenario),
        ("https://x.test/#about", LinkError::NoScenario),
        ("#v1.AAAA", LinkError::NoScenario),
        ("#w.AAAA", LinkError::NoScenario),
        ("#w2.AAAA", LinkError::Version("w2".into())),
        ("#w1.AA=A", LinkError::Letter(3)),
        ("#w1.AA AA", LinkError::Letter(3)),
        ("#w1.AAé", LinkError::Letter(3)),
        ("#w1.AAAAA", LinkError::Damaged),
        ("#w1.AB", LinkError::Damaged),
        ("#w1.AAAA&at=soon", LinkError::Field("at=soon".into())),
        ("#w1.AAAA&at=1s&at=2s", LinkError::Field("at=2s".into())),
        ("#w1.AAAA&select=dog:rex", LinkError::Field("select=dog:rex".into())),
        ("#w1.AAAA&select=queue:%4", LinkError::Field("select=queue:%4".into())),
        ("#w1.AAAA&select=queue:%FF", LinkError::Field("select=queue:%FF".into())),
        ("#w1.AAAA&view=1,2,0", LinkError::Field("view=1,2,0".into())),
        ("#w1.AAAA&view=1,2,3,4", LinkError::Field("view=1,2,3,4".into())),
    ] {
        assert_eq!(Link::read(address), Err(want), "{address}");
    }
    let long = format!("#w1.{}", "A".repeat(MOST_LETTERS));
    assert_eq!(Link::read(&long), Err(LinkError::TooLong));
    let packed = vec![0; MOST_LETTERS];
    assert_eq!(Link { packed, ..Link::default() }.write(), Err(LinkError::TooLong));
}

#[test]
fn what_a_later_version_may_say_is_left_aside() {
    let read = Link::read("#w1.Zm9v&theme=dark&at=1.5s&loop").expect("a link");
    assert_eq!((read.packed, read.at), (b"foo".to_vec(), Some(Tick(1_500_000))));
}
