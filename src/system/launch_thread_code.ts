/**
 * The program of a launch thread: a few machine instructions. JavaScript cannot run on these threads, and the threads of
 * the runtime's pool do not last (`launch_threads.ts` says why that matters).
 *
 * ```
 * unshare(CLONE_FS)
 * for (;;) {
 *   if (job.state == TO_DO) {
 *     job.result = posix_spawn(job.pid, job.path, job.actions, job.attributes, job.argv, job.environment)
 *     job.state = DONE
 *     write(job.done, &one, 8)
 *   } else if (job.state == END) return
 *   else futex_wait(&job.state)
 * }
 * ```
 */

import type { Architecture } from "./library.ts";

/** The values of a job's state. */
export const JobState = { IDLE: 0, TO_DO: 1, DONE: 2, END: 3 } as const;

/** The offsets of a job's fields, and its size. The state and the result are 4 bytes long, the other fields 8. */
export const JOB = {
  state: 0,
  result: 4,
  /** The six parameters of `posix_spawn`, one after the other. */
  parameters: 8,
  /** The descriptor of the `eventfd` that counts completed jobs. */
  done: 56,
  /** The address of `posix_spawn`. */
  call: 64,
  /** What to add to that count: always 1. */
  one: 72,
  size: 80,
} as const;

/** The machine instructions of a thread whose parameter is the address of its job. */
export function launchThreadCode(architecture: Architecture): Uint8Array<ArrayBuffer> {
  return architecture === "x86_64" ? codeForX86() : codeForArm();
}

// deno-fmt-ignore
function codeForX86(): Uint8Array<ArrayBuffer> {
  return new Uint8Array([
    0xf3, 0x0f, 0x1e, 0xfa,             //       endbr64
    0x53,                               //       push rbx
    0x48, 0x89, 0xfb,                   //       mov  rbx, rdi
    0xbf, 0x00, 0x02, 0x00, 0x00,       //       mov  edi, CLONE_FS
    0xb8, 0x10, 0x01, 0x00, 0x00,       //       mov  eax, unshare
    0x0f, 0x05,                         //       syscall
    0x8b, 0x03,                         // loop: mov  eax, [rbx]
    0x83, 0xf8, 0x01,                   //       cmp  eax, TO_DO
    0x74, 0x1b,                         //       je   work
    0x83, 0xf8, 0x03,                   //       cmp  eax, END
    0x74, 0x4f,                         //       je   quit
    0x89, 0xc2,                         //       mov  edx, eax
    0x48, 0x89, 0xdf,                   //       mov  rdi, rbx
    0xbe, 0x80, 0x00, 0x00, 0x00,       //       mov  esi, FUTEX_WAIT_PRIVATE
    0x45, 0x31, 0xd2,                   //       xor  r10d, r10d
    0xb8, 0xca, 0x00, 0x00, 0x00,       //       mov  eax, futex
    0x0f, 0x05,                         //       syscall
    0xeb, 0xde,                         //       jmp  loop
    0x48, 0x8b, 0x7b, 0x08,             // work: mov  rdi, [rbx + 8]
    0x48, 0x8b, 0x73, 0x10,             //       mov  rsi, [rbx + 16]
    0x48, 0x8b, 0x53, 0x18,             //       mov  rdx, [rbx + 24]
    0x48, 0x8b, 0x4b, 0x20,             //       mov  rcx, [rbx + 32]
    0x4c, 0x8b, 0x43, 0x28,             //       mov  r8, [rbx + 40]
    0x4c, 0x8b, 0x4b, 0x30,             //       mov  r9, [rbx + 48]
    0xff, 0x53, 0x40,                   //       call [rbx + 64]
    0x89, 0x43, 0x04,                   //       mov  [rbx + 4], eax
    0xc7, 0x03, 0x02, 0x00, 0x00, 0x00, //       mov  dword [rbx], DONE
    0x8b, 0x7b, 0x38,                   //       mov  edi, [rbx + 56]
    0x48, 0x8d, 0x73, 0x48,             //       lea  rsi, [rbx + 72]
    0xba, 0x08, 0x00, 0x00, 0x00,       //       mov  edx, 8
    0xb8, 0x01, 0x00, 0x00, 0x00,       //       mov  eax, write
    0x0f, 0x05,                         //       syscall
    0xeb, 0xa5,                         //       jmp  loop
    0x31, 0xc0,                         // quit: xor  eax, eax
    0x5b,                               //       pop  rbx
    0xc3,                               //       ret
  ]);
}

// deno-fmt-ignore
function codeForArm(): Uint8Array<ArrayBuffer> {
  const instructions = new Uint32Array([
    0xa9be7bfd, //       stp  x29, x30, [sp, #-32]!
    0xf9000bf3, //       str  x19, [sp, #16]
    0xaa0003f3, //       mov  x19, x0
    0xd2804000, //       mov  x0, CLONE_FS
    0xd2800c28, //       mov  x8, unshare
    0xd4000001, //       svc  #0
    0x88dffe62, // loop: ldar w2, [x19]
    0x7100045f, //       cmp  w2, TO_DO
    0x54000120, //       b.eq work
    0x71000c5f, //       cmp  w2, END
    0x540002a0, //       b.eq quit
    0xaa1303e0, //       mov  x0, x19
    0xd2801001, //       mov  x1, FUTEX_WAIT_PRIVATE
    0xd2800003, //       mov  x3, #0
    0xd2800c48, //       mov  x8, futex
    0xd4000001, //       svc  #0
    0x17fffff6, //       b    loop
    0xa9408660, // work: ldp  x0, x1, [x19, #8]
    0xa9418e62, //       ldp  x2, x3, [x19, #24]
    0xa9429664, //       ldp  x4, x5, [x19, #40]
    0xf9402269, //       ldr  x9, [x19, #64]
    0xd63f0120, //       blr  x9
    0xb9000660, //       str  w0, [x19, #4]
    0x5280004a, //       mov  w10, DONE
    0x889ffe6a, //       stlr w10, [x19]
    0xb9403a60, //       ldr  w0, [x19, #56]
    0x91012261, //       add  x1, x19, #72
    0xd2800102, //       mov  x2, #8
    0xd2800808, //       mov  x8, write
    0xd4000001, //       svc  #0
    0x17ffffe8, //       b    loop
    0xd2800000, // quit: mov  x0, #0
    0xf9400bf3, //       ldr  x19, [sp, #16]
    0xa8c27bfd, //       ldp  x29, x30, [sp], #32
    0xd65f03c0, //       ret
  ]);
  return new Uint8Array(instructions.buffer);
}
