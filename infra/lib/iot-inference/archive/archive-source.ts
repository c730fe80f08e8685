/**
 * Who brings readings from the stream into the archive: `writer`, the function `firehose-writer`, which sets apart what is
 * no reading; or `stream`, Firehose's own Kinesis source, which needs no function and knows no reading from other JSON.
 */
export const ARCHIVE_SOURCES = ['writer', 'stream'] as const;

export type ArchiveSource = (typeof ARCHIVE_SOURCES)[number];
