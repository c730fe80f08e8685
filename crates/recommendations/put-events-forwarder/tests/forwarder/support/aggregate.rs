//! KPL aggregates, written as the format's documentation says.
//! <https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md>

use md5::{Digest as _, Md5};

/// One Kinesis record with these payloads, all of one partition key.
pub fn aggregate(key: &str, payloads: &[Vec<u8>]) -> Vec<u8> {
    let mut message = Vec::new();
    field(&mut message, 1, key.as_bytes());
    for payload in payloads {
        // The key's place in the table, field 1 as a varint; then the data.
        let mut record = vec![1 << 3, 0];
        field(&mut record, 3, payload);
        field(&mut message, 3, &record);
    }
    let digest = Md5::digest(&message);
    [&[0xF3, 0x89, 0x9A, 0xC2], message.as_slice(), digest.as_slice()].concat()
}

fn field(message: &mut Vec<u8>, number: u8, bytes: &[u8]) {
    message.push(number << 3 | 2);
    varint(message, bytes.len());
    message.extend_from_slice(bytes);
}

fn varint(message: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        message.push((value & 0x7F) as u8 | 0x80);
        value >>= 7;
    }
    message.push(value as u8);
}
