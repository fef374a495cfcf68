//! The properties of class basic, and the content header they are in
//! (AMQP 0-9-1, 2.3.5.2 and 4.2.6.1).

use super::read::{Malformed, Reader};
use super::write::Writer;
use warren_core::broker::Properties;

/// Class basic, the only one with content.
const BASIC: u16 = 60;
/// The flag of the first property, and the shift of the others from there.
const FIRST: u16 = 15;

/// A content header: how long the body is, and the properties.
#[derive(Clone, Debug)]
pub(crate) struct ContentHeader {
    pub(crate) class: u16,
    pub(crate) weight: u16,
    pub(crate) size: u64,
    pub(crate) properties: Result<Properties, Malformed>,
}

/// Reads the payload of a header frame. `None` when it is too short for one.
/// Properties that make no sense are found later, as in RabbitMQ.
pub(crate) fn content_header(payload: &[u8]) -> Option<ContentHeader> {
    let mut reader = Reader::new(payload);
    let class = reader.short().ok()?;
    let weight = reader.short().ok()?;
    let size = reader.long_long().ok()?;
    Some(ContentHeader { class, weight, size, properties: properties(reader) })
}

fn properties(mut reader: Reader<'_>) -> Result<Properties, Malformed> {
    // There are fourteen. The lowest two bits say nothing: not even that more
    // flags follow.
    let flags = reader.short()?;
    let has = |place: u16| flags & (1 << (FIRST - place)) != 0;
    macro_rules! read {
        ($place:expr, $how:ident) => {
            if has($place) { Some(reader.$how()?) } else { None }
        };
    }
    let properties = Properties {
        content_type: read!(0, loose_name),
        content_encoding: read!(1, loose_name),
        headers: read!(2, table),
        delivery_mode: read!(3, octet),
        priority: read!(4, octet),
        correlation_id: read!(5, loose_name),
        reply_to: read!(6, loose_name),
        expiration: read!(7, loose_name),
        message_id: read!(8, loose_name),
        timestamp: read!(9, long_long),
        kind: read!(10, loose_name),
        user_id: read!(11, loose_name),
        app_id: read!(12, loose_name),
        cluster_id: read!(13, loose_name),
    };
    reader.finish().map(|()| properties)
}

impl Writer {
    /// The payload of a header frame.
    pub(crate) fn content_header(&mut self, size: u64, properties: &Properties) {
        self.short(BASIC);
        self.short(0);
        self.long_long(size);
        let at = self.octets.len();
        self.short(0);
        let mut flags = 0;
        macro_rules! write {
            ($place:expr, $field:ident, $how:expr) => {
                if let Some(value) = &properties.$field {
                    flags |= 1 << (FIRST - $place);
                    $how(self, value);
                }
            };
        }
        write!(0, content_type, Self::name);
        write!(1, content_encoding, Self::name);
        write!(2, headers, Self::table);
        write!(3, delivery_mode, |w: &mut Self, n: &u8| w.octet(*n));
        write!(4, priority, |w: &mut Self, n: &u8| w.octet(*n));
        write!(5, correlation_id, Self::name);
        write!(6, reply_to, Self::name);
        write!(7, expiration, Self::name);
        write!(8, message_id, Self::name);
        write!(9, timestamp, |w: &mut Self, n: &u64| w.long_long(*n));
        write!(10, kind, Self::name);
        write!(11, user_id, Self::name);
        write!(12, app_id, Self::name);
        write!(13, cluster_id, Self::name);
        let flags: u16 = flags;
        self.octets[at..at + 2].copy_from_slice(&flags.to_be_bytes());
    }
}
