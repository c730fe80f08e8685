//! XML bodies of rest-xml.

use roxmltree::{Document, Node};
use serde_json::{Map, Value};

use super::typed;
use crate::service_model::Problem;
use crate::service_model::shape::{Kind, Member, Model, Shape};

/// The members of the document's root.
pub(super) fn input(model: &Model, shape: &Shape, body: &[u8]) -> Result<Value, Problem> {
    let malformed = || Problem::new("", "has a body that is not XML");
    let text = std::str::from_utf8(body).map_err(|_| malformed())?;
    let document = Document::parse(text).map_err(|_| malformed())?;
    Ok(value(model, shape, document.root_element()))
}

fn value(model: &Model, shape: &Shape, node: Node<'_, '_>) -> Value {
    match shape.kind {
        Kind::Structure => {
            let fields = shape.members.iter();
            let fields = fields
                .filter_map(|(name, member)| Some((name.clone(), member_of(model, name, member, node)?)));
            Value::Object(fields.collect())
        }
        Kind::List => match &shape.member {
            Some(element) => items(model, element, children(node, element.wire_name("member"))),
            None => Value::Null,
        },
        Kind::Map => Value::Object(Map::new()),
        kind => typed(kind, node.text().unwrap_or_default()),
    }
}

fn member_of(model: &Model, name: &str, member: &Member, node: Node<'_, '_>) -> Option<Value> {
    let shape = model.shape_of(member)?;
    let wire_name = member.wire_name(name);
    if member.xml_attribute {
        let local_name = wire_name.rsplit(':').next();
        let attribute = node
            .attributes()
            .find(|attribute| Some(attribute.name()) == local_name)?;
        return Some(typed(shape.kind, attribute.value()));
    }
    let mut found = children(node, wire_name).peekable();
    found.peek()?;
    match &shape.member {
        Some(element) if shape.flattened || member.flattened => Some(items(model, element, found)),
        _ => found.next().map(|child| value(model, shape, child)),
    }
}

fn items<'a>(model: &Model, element: &Member, nodes: impl Iterator<Item = Node<'a, 'a>>) -> Value {
    let Some(shape) = model.shape_of(element) else {
        return Value::Null;
    };
    nodes.map(|node| value(model, shape, node)).collect()
}

fn children<'a>(node: Node<'a, 'a>, name: &str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.children()
        .filter(move |child| child.tag_name().name() == name)
}
