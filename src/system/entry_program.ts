/**
 * The program through which a process enters its control group: a few machine instructions as an ELF file. It is one
 * more program to execute for each service with a group; a shell and `env`, which are loaded with the C library, take
 * three times as long as the service's own start.
 *
 * Its arguments are two characters, a path, and the arguments for the program at that path. The characters stand for
 * descriptors: for messages, and for `cgroup.procs` of the group.
 *
 * ```
 * if (write(group, "0", 1) < 0) fail("cgroup: ")
 * close(group)
 * fcntl(messages, F_SETFD, FD_CLOEXEC)
 * execve(path, argv, environment)
 * if (error == ENOEXEC) execve("/bin/sh", { "/bin/sh", path, ...argv after its first }, environment)
 * fail("exec:   ")
 * ```
 *
 * `fail` writes the text with the error number, in three digits, to the messages, and exits with 126.
 */

import type { Architecture } from "./library.ts";

/** The character that stands for a descriptor. */
export function descriptorMark(fd: number): string {
  return String.fromCharCode(FIRST_MARK + fd);
}

/** The ELF file for a processor. */
export function entryProgram(architecture: Architecture): Uint8Array<ArrayBuffer> {
  return architecture === "x86_64" ? elfFile(62, codeForX86()) : elfFile(183, codeForArm());
}

const FIRST_MARK = 48;
const ADDRESS = 0x400000;
/** The sizes of the header, and of the description of a segment. */
const [HEADER, SEGMENT] = [64, 56];
const [LOAD, STACK] = [1, 0x6474e551];
const [EXECUTE, WRITE, READ] = [1, 2, 4];
/** The largest size of a page. */
const ALIGNMENT = 0x10000;

/** An executable file with one segment, which is the file itself, and a stack that cannot be executed. */
function elfFile(machine: number, code: Uint8Array): Uint8Array<ArrayBuffer> {
  const begin = HEADER + 2 * SEGMENT;
  const size = begin + code.length;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  const short = (at: number, value: number) => view.setUint16(at, value, true);
  const int = (at: number, value: number) => view.setUint32(at, value, true);
  const long = (at: number, value: number) => view.setBigUint64(at, BigInt(value), true);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]); // 64 bits, little-endian
  short(16, 2); // an executable
  short(18, machine);
  int(20, 1);
  long(24, ADDRESS + begin);
  long(32, HEADER);
  short(52, HEADER);
  short(54, SEGMENT);
  short(56, 2);
  int(HEADER, LOAD);
  int(HEADER + 4, READ | EXECUTE);
  long(HEADER + 16, ADDRESS);
  long(HEADER + 24, ADDRESS);
  long(HEADER + 32, size);
  long(HEADER + 40, size);
  long(HEADER + 48, ALIGNMENT);
  int(HEADER + SEGMENT, STACK);
  int(HEADER + SEGMENT + 4, READ | WRITE);
  bytes.set(code, begin);
  return bytes;
}

// deno-fmt-ignore
function codeForX86(): Uint8Array<ArrayBuffer> {
  return new Uint8Array([
    0x48, 0x89, 0xe3,                                           //       mov     rbx, rsp
    0x4c, 0x8b, 0x63, 0x08,                                     //       mov     r12, [rbx+8]
    0x41, 0x0f, 0xb6, 0x7c, 0x24, 0x01,                         //       movzx   edi, byte [r12+1]
    0x83, 0xef, 0x30,                                           //       sub     edi, 48
    0x48, 0x8d, 0x35, 0xce, 0x00, 0x00, 0x00,                   //       lea     rsi, [rip+zero]
    0xba, 0x01, 0x00, 0x00, 0x00,                               //       mov     edx, 1
    0xb8, 0x01, 0x00, 0x00, 0x00,                               //       mov     eax, write
    0x0f, 0x05,                                                 //       syscall
    0x49, 0xbd, 0x63, 0x67, 0x72, 0x6f, 0x75, 0x70, 0x3a, 0x20, //       mov     r13, "cgroup: "
    0x85, 0xc0,                                                 //       test    eax, eax
    0x78, 0x6d,                                                 //       js      fail
    0x41, 0x0f, 0xb6, 0x7c, 0x24, 0x01,                         //       movzx   edi, byte [r12+1]
    0x83, 0xef, 0x30,                                           //       sub     edi, 48
    0xb8, 0x03, 0x00, 0x00, 0x00,                               //       mov     eax, close
    0x0f, 0x05,                                                 //       syscall
    0x41, 0x0f, 0xb6, 0x3c, 0x24,                               //       movzx   edi, byte [r12]
    0x83, 0xef, 0x30,                                           //       sub     edi, 48
    0xbe, 0x02, 0x00, 0x00, 0x00,                               //       mov     esi, F_SETFD
    0xba, 0x01, 0x00, 0x00, 0x00,                               //       mov     edx, 1
    0xb8, 0x48, 0x00, 0x00, 0x00,                               //       mov     eax, fcntl
    0x0f, 0x05,                                                 //       syscall
    0x48, 0x8b, 0x7b, 0x10,                                     //       mov     rdi, [rbx+16]
    0x48, 0x8d, 0x73, 0x18,                                     //       lea     rsi, [rbx+24]
    0x48, 0x8b, 0x03,                                           //       mov     rax, [rbx]
    0x48, 0x8d, 0x54, 0xc3, 0x10,                               //       lea     rdx, [rbx+rax*8+16]
    0xb8, 0x3b, 0x00, 0x00, 0x00,                               //       mov     eax, execve
    0x0f, 0x05,                                                 //       syscall
    0x83, 0xf8, 0xf8,                                           //       cmp     eax, -ENOEXEC
    0x75, 0x1e,                                                 //       jne     lost
    0x48, 0x8b, 0x43, 0x10,                                     //       mov     rax, [rbx+16]
    0x48, 0x89, 0x43, 0x18,                                     //       mov     [rbx+24], rax
    0x48, 0x8d, 0x3d, 0x61, 0x00, 0x00, 0x00,                   //       lea     rdi, [rip+shell]
    0x48, 0x89, 0x7b, 0x10,                                     //       mov     [rbx+16], rdi
    0x48, 0x8d, 0x73, 0x10,                                     //       lea     rsi, [rbx+16]
    0xb8, 0x3b, 0x00, 0x00, 0x00,                               //       mov     eax, execve
    0x0f, 0x05,                                                 //       syscall
    0x49, 0xbd, 0x65, 0x78, 0x65, 0x63, 0x3a, 0x20, 0x20, 0x20, // lost: mov     r13, "exec:   "
    0xf7, 0xd8,                                                 // fail: neg     eax
    0xb9, 0x0a, 0x00, 0x00, 0x00,                               //       mov     ecx, 10
    0x31, 0xd2,                                                 //       xor     edx, edx
    0xf7, 0xf1,                                                 //       div     ecx
    0x89, 0xd6,                                                 //       mov     esi, edx
    0xc1, 0xe6, 0x08,                                           //       shl     esi, 8
    0x31, 0xd2,                                                 //       xor     edx, edx
    0xf7, 0xf1,                                                 //       div     ecx
    0x09, 0xd6,                                                 //       or      esi, edx
    0xc1, 0xe6, 0x08,                                           //       shl     esi, 8
    0x09, 0xc6,                                                 //       or      esi, eax
    0x81, 0xc6, 0x30, 0x30, 0x30, 0x00,                         //       add     esi, 0x303030
    0x56,                                                       //       push    rsi
    0x41, 0x55,                                                 //       push    r13
    0x41, 0x0f, 0xb6, 0x3c, 0x24,                               //       movzx   edi, byte [r12]
    0x83, 0xef, 0x30,                                           //       sub     edi, 48
    0x48, 0x89, 0xe6,                                           //       mov     rsi, rsp
    0xba, 0x0b, 0x00, 0x00, 0x00,                               //       mov     edx, 11
    0xb8, 0x01, 0x00, 0x00, 0x00,                               //       mov     eax, write
    0x0f, 0x05,                                                 //       syscall
    0xbf, 0x7e, 0x00, 0x00, 0x00,                               //       mov     edi, 126
    0xb8, 0xe7, 0x00, 0x00, 0x00,                               //       mov     eax, exit_group
    0x0f, 0x05,                                                 //       syscall
    ...text("0"), ...text("/bin/sh\0"),
  ]);
}

// deno-fmt-ignore
function codeForArm(): Uint8Array<ArrayBuffer> {
  const instructions = new Uint32Array([
    0x910003f3, //       mov  x19, sp
    0xf9400674, //       ldr  x20, [x19, #8]
    0x39400680, //       ldrb w0, [x20, #1]
    0x5100c000, //       sub  w0, w0, #48
    0x10000801, //       adr  x1, zero
    0xd2800022, //       mov  x2, #1
    0xd2800808, //       mov  x8, write
    0xd4000001, //       svc  #0
    0x100006b5, //       adr  x21, group
    0xb7f803c0, //       tbnz x0, #63, fail
    0x39400680, //       ldrb w0, [x20, #1]
    0x5100c000, //       sub  w0, w0, #48
    0xd2800728, //       mov  x8, close
    0xd4000001, //       svc  #0
    0x39400280, //       ldrb w0, [x20]
    0x5100c000, //       sub  w0, w0, #48
    0xd2800041, //       mov  x1, F_SETFD
    0xd2800022, //       mov  x2, #1
    0xd2800328, //       mov  x8, fcntl
    0xd4000001, //       svc  #0
    0xf9400a60, //       ldr  x0, [x19, #16]
    0x91006261, //       add  x1, x19, #24
    0xf9400262, //       ldr  x2, [x19]
    0x8b020e62, //       add  x2, x19, x2, lsl #3
    0x91004042, //       add  x2, x2, #16
    0xaa0203f6, //       mov  x22, x2
    0xd2801ba8, //       mov  x8, execve
    0xd4000001, //       svc  #0
    0xb100201f, //       cmn  x0, ENOEXEC
    0x54000121, //       b.ne lost
    0xf9400a60, //       ldr  x0, [x19, #16]
    0xf9000e60, //       str  x0, [x19, #24]
    0x10000440, //       adr  x0, shell
    0xf9000a60, //       str  x0, [x19, #16]
    0x91004261, //       add  x1, x19, #16
    0xaa1603e2, //       mov  x2, x22
    0xd2801ba8, //       mov  x8, execve
    0xd4000001, //       svc  #0
    0x10000335, // lost: adr  x21, execute
    0xcb0003e0, // fail: neg  x0, x0
    0xd2800143, //       mov  x3, #10
    0x9ac30804, //       udiv x4, x0, x3
    0x9b038085, //       msub x5, x4, x3, x0
    0x9ac30886, //       udiv x6, x4, x3
    0x9b0390c7, //       msub x7, x6, x3, x4
    0xd370bca5, //       lsl  x5, x5, #16
    0xaa0720a5, //       orr  x5, x5, x7, lsl #8
    0xaa0600a5, //       orr  x5, x5, x6
    0x18000226, //       ldr  w6, digits
    0x0b0600a5, //       add  w5, w5, w6
    0xf94002a6, //       ldr  x6, [x21]
    0xa9bf17e6, //       stp  x6, x5, [sp, #-16]!
    0x39400280, //       ldrb w0, [x20]
    0x5100c000, //       sub  w0, w0, #48
    0x910003e1, //       mov  x1, sp
    0xd2800162, //       mov  x2, #11
    0xd2800808, //       mov  x8, write
    0xd4000001, //       svc  #0
    0xd2800fc0, //       mov  x0, #126
    0xd2800bc8, //       mov  x8, exit_group
    0xd4000001, //       svc  #0
  ]);
  return new Uint8Array([
    ...new Uint8Array(instructions.buffer),
    ...text("cgroup: "), ...text("exec:   "), ...text("000\0"), ...text("/bin/sh\0"), ...text("0"),
  ]);
}

function text(characters: string): Uint8Array {
  return new TextEncoder().encode(characters);
}
