import type { KeptLogOrder } from "../../host/keeping/orders.ts";
import { openLog } from "../../host/output/native_log_file.ts";
import { AT_CWD, ownIdentity } from "../../system/mod.ts";
import { LOG_FLAGS } from "../log/log_file.ts";
import { RotatedFile, type RotatedFileContext, type RotationOptions } from "../log/rotated_file.ts";

/** The file of a kept log. It is opened by the rules for log files, with the owner and the mode of the order. */
export function keptFile(order: KeptLogOrder, context: Omit<RotatedFileContext, "open">): RotatedFile {
  const { files, now, report } = context;
  const { uid, gid, permissions } = order;
  const self = ownIdentity();
  const open = (path: string) => {
    const output = { to: "file", path, permissions, uid, gid } as const;
    const fd = openLog(files, output, { flags: LOG_FLAGS, at: AT_CWD, mode: 0o600, self });
    if (files.kindOf(fd) !== "file") return fd; // devices belong to the system
    try {
      files.setOwner(fd, uid ?? self.uid, gid ?? self.gid);
      files.setMode(fd, permissions);
      return fd;
    } catch (error) {
      files.close(fd);
      throw error;
    }
  };
  return new RotatedFile(order.path, limitsOf(order), { files, now, report, open });
}

/** The limits of an order. */
export function limitsOf({ maxSize, maxAge, keep, keepSize, compress }: KeptLogOrder): RotationOptions {
  return { maxSize, maxAge, keep, keepSize: keepSize || Infinity, compress };
}
