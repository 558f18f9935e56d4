/** UTF-8's; the first line stands behind it. */
export const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);
