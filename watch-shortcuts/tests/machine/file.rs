//! What can be read.

use crate::plists::*;
use plist::Value;
use truce_shortcuts::machine::{Broken, Machine, Outcome};

fn read(bytes: &[u8]) -> Result<Machine, Broken> {
    Machine::read(bytes, None)
}

fn binary(plist: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    plist.to_writer_binary(&mut bytes).expect("a vector takes all");
    bytes
}

#[test]
fn xml_and_binary_run_alike() {
    let shortcut = shortcut(vec![text("A", "é👧"), action("output", [("WFOutput", only(output("A")))])]);
    for bytes in [xml(&shortcut), binary(&shortcut)] {
        assert_eq!(drive(&mut read(&bytes).unwrap(), vec![]).1, Ok(Outcome::Gave("é👧".to_owned())));
    }
}

#[test]
fn what_is_no_shortcut_is_refused() {
    for bytes in [&b""[..], b"{}", b"bplist00", b"<plist><dict>", b"{ WFWorkflowActions = (); }"] {
        assert!(matches!(read(bytes), Err(Broken::NoPropertyList(_))), "{bytes:?}");
    }
    for root in [Value::from("text"), dictionary([]), shortcut(vec![])] {
        assert_eq!(read(&xml(&root)).unwrap_err(), Broken::NoActions);
    }
    let named = |parameters| identified("x", parameters);
    for wrong in [Value::from("x"), dictionary([]), named("x".into())] {
        assert_eq!(read(&xml(&shortcut(vec![show(""), wrong]))).unwrap_err(), Broken::NoAction(2));
    }
}

#[test]
fn parameters_can_be_left_out_where_there_are_none() {
    let exit = dictionary([("WFWorkflowActionIdentifier", "is.workflow.actions.exit".into())]);
    assert_eq!(run(vec![exit], vec![]).1, Ok(Outcome::Exited));
}

/// So deep that it could not even be dropped.
const DEEP: usize = 100_000;

#[test]
fn xml_that_is_nested_too_deep_is_refused() {
    let head = r#"<?xml version="1.0"?><!DOCTYPE plist PUBLIC "-//A//DTD 1.0//EN" "http://a.example/a.dtd"><plist version="1.0">"#;
    for open in ["<array>", "<array><!-- </array> -->", "<array><![CDATA[</array>]]>", "<array><?x > </array>?>"] {
        let nested = |count: usize| format!("{head}{}{}</plist>", open.repeat(count), "</array>".repeat(count));
        assert_eq!(read(nested(30_000).as_bytes()).unwrap_err(), Broken::TooLarge);
        assert_ne!(read(nested(50).as_bytes()).unwrap_err(), Broken::TooLarge);
    }
    for hiding in [r#"<array a="/>">"#, "<array><!x </array>>", r#"<array><plist a="</array>">"#] {
        assert_eq!(read(format!("{head}{}", hiding.repeat(30_000)).as_bytes()).unwrap_err(), Broken::TooLarge);
    }
    for hidden in [r#"<!DOCTYPE a ">" "<!-- ">"#, r#"<plist a='"' b="><!--">"#, "<!DOCTYPE [ > <!-- ]>"] {
        assert_eq!(read(hidden.as_bytes()).unwrap_err(), Broken::TooLarge);
    }
    let long = format!("{head}<string>{}</string></plist>", "x".repeat(1 << 20));
    assert_eq!(read(long.as_bytes()).unwrap_err(), Broken::TooLarge);
}

/// A binary list of these objects, the first of which is the root; references have three bytes.
fn listed(objects: &[Vec<u8>]) -> Vec<u8> {
    let (mut bytes, mut offsets) = (b"bplist00".to_vec(), Vec::<u8>::new());
    for object in objects {
        offsets.extend(&bytes.len().to_be_bytes()[5..]);
        bytes.extend(object);
    }
    let table = bytes.len() as u64;
    bytes.extend(offsets);
    bytes.extend([0, 0, 0, 0, 0, 0, 3, 3]);
    for number in [objects.len() as u64, 0, table] {
        bytes.extend(number.to_be_bytes());
    }
    bytes
}

fn list_of(reference: usize, times: u8) -> Vec<u8> {
    let reference = reference.to_be_bytes();
    let mut list = vec![0xA0 + times];
    (0..times).for_each(|_| list.extend(&reference[5..]));
    list
}

#[test]
fn a_binary_list_that_is_nested_too_deep_or_stands_for_too_much_is_refused() {
    let chain = |length: usize, times: u8| {
        let objects: Vec<_> = (1..=length).map(|next| list_of(next, times)).chain([vec![0x08]]).collect();
        read(&listed(&objects)).unwrap_err()
    };
    assert_eq!(chain(50, 1), Broken::NoActions);
    assert_eq!(chain(DEEP, 1), Broken::TooLarge);
    assert_eq!(chain(3, 2), Broken::NoActions);
    assert_eq!(chain(60, 2), Broken::TooLarge);
    // The same long text, again and again.
    let long = [vec![0x5F, 0x12, 0, 8, 0, 0], vec![b'x'; 1 << 19]].concat();
    assert_eq!(read(&listed(&[list_of(1, 14), long])).unwrap_err(), Broken::TooLarge);
    // Within itself.
    assert_eq!(read(&listed(&[list_of(0, 1)])).unwrap_err(), Broken::TooLarge);
}
