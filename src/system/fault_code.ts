/**
 * Machine code for signal handlers that execute the program again. A handler may do very little: no memory may be
 * allocated, no lock taken, and JavaScript cannot run. These handlers only make system calls with arguments that were
 * prepared beforehand.
 *
 * `fault`: writes the signal's data to a descriptor, blocks all signals, clears the close-on-exec flag of all
 * descriptors, and executes the program. The process keeps its id, its children and its descriptors. Only the main
 * thread does this; another thread sends the signal to the main thread, and waits. Before it clears the flags, it stops
 * sharing the table of descriptors: a process that a launch thread makes meanwhile must not inherit them all.
 *
 * `exit`: does the same when the C library ends the program although nobody has ordered that.
 *
 * `busy`: runs when the program has used a certain amount of processor time. It counts, and sends `SIGURG` so that a
 * healthy event loop resets the count. The second time in a row is a fault.
 */

import { Signal } from "../model/mod.ts";
import type { Architecture } from "./library.ts";

/** Addresses and numbers that the code contains. */
export interface FaultCodeContext {
  /** 0: the program is ending, so the handlers end it at once. 32 bits. */
  readonly armed: bigint;
  /** How many threads have had a fault; the first one writes its data. 32 bits. */
  readonly faults: bigint;
  /** How often `busy` ran since the last reset. 32 bits. */
  readonly busyCount: bigint;
  /** The signal set with all signals. */
  readonly allSignals: bigint;
  /** A record of zeros, `RECORD_SIZE` bytes, for an exit. */
  readonly noSignal: bigint;
  /** The arguments of `execve`. */
  readonly path: bigint;
  readonly argv: bigint;
  readonly envp: bigint;
  /** The descriptor for the signal's data. */
  readonly record: number;
  /** Descriptors from 3 to below this number survive. */
  readonly descriptors: number;
}

/** The code, and where its parts begin. */
export interface FaultCode {
  readonly code: Uint8Array<ArrayBuffer>;
  readonly entries: Readonly<Record<"fault" | "exit" | "busy" | "return", number>>;
}

/** The size of the signal's data (`siginfo_t`), in bytes. */
export const RECORD_SIZE = 128;
/** The exit status if the program cannot be executed. */
const STATUS = 134;
const F_SETFD = 2;
const SIG_SETMASK = 2;
const CLONE_FILES = 0x400;
const SIGURG = Signal.URG;
const FIRST = 3;
/** In the signal's data: who has sent it, and the value for a timer. */
const SI_CODE = 8;
const SI_TIMER = -2;

/** The code for a processor. */
export function faultCode(architecture: Architecture, context: FaultCodeContext): FaultCode {
  return architecture === "x86_64" ? codeForX86(context) : codeForArm(context);
}

function codeForX86(context: FaultCodeContext): FaultCode {
  const code = new Assembly();
  const d32 = (value: number) => [...new Uint8Array(new Uint32Array([value]).buffer)];
  const d64 = (value: bigint) => [...new Uint8Array(new BigUint64Array([value]).buffer)];
  const landing = () => code.add(0xf3, 0x0f, 0x1e, 0xfa); // endbr64
  const eax = (value: number) => code.add(0xb8, ...d32(value));
  const edi = (value: number) => code.add(0xbf, ...d32(value));
  const esi = (value: number) => code.add(0xbe, ...d32(value));
  const edx = (value: number) => code.add(0xba, ...d32(value));
  const rdi = (value: bigint) => code.add(0x48, 0xbf, ...d64(value));
  const rsi = (value: bigint) => code.add(0x48, 0xbe, ...d64(value));
  const rdx = (value: bigint) => code.add(0x48, 0xba, ...d64(value));
  const call = (number: number) => {
    eax(number);
    code.add(0x0f, 0x05); // syscall
  };
  const compare = (address: bigint, value: number) => {
    code.add(0x49, 0xb8, ...d64(address)); // mov r8, address
    code.add(0x41, 0x83, 0x38, value); // cmp dword [r8], value
  };

  const exit = code.mark();
  landing();
  compare(context.armed, 0);
  code.add(0x75, 0x01, 0xc3); // jne +1; ret
  edi(Signal.ABRT);
  rsi(context.noSignal);
  const toFault = code.jump(0xe9); // jmp

  const busy = code.mark();
  landing();
  code.add(0x83, 0x7e, SI_CODE, SI_TIMER & 0xff); // cmp dword [rsi + SI_CODE], SI_TIMER
  code.add(0x74, 0x01, 0xc3); // je +1; ret: another program has sent the signal
  code.add(0x49, 0xb8, ...d64(context.busyCount)); // mov r8, count
  code.add(0xf0, 0x41, 0xff, 0x00); // lock inc dword [r8]
  code.add(0x41, 0x83, 0x38, 2); // cmp dword [r8], 2
  const isFault = code.jump(0x0f, 0x83); // jae
  call(39); // getpid
  code.add(0x89, 0xc7); // mov edi, eax
  esi(SIGURG);
  call(62); // kill
  code.add(0xc3); // ret

  const fault = code.mark();
  landing();
  compare(context.armed, 0);
  const isOver = code.jump(0x0f, 0x84); // je
  code.land(toFault);
  code.land(isFault);
  code.add(0x41, 0x89, 0xfe); // mov r14d, edi: the signal
  code.add(0x49, 0x89, 0xf5); // mov r13, rsi: its data
  call(186); // gettid
  code.add(0x89, 0xc3); // mov ebx, eax
  call(39); // getpid
  code.add(0x41, 0x89, 0xc4); // mov r12d, eax
  code.add(0x49, 0xb8, ...d64(context.faults)); // mov r8, faults
  eax(1);
  code.add(0xf0, 0x41, 0x0f, 0xc1, 0x00); // lock xadd [r8], eax
  code.add(0x85, 0xc0); // test eax, eax
  const isRecorded = code.jump(0x0f, 0x85); // jne
  edi(context.record);
  code.add(0x4c, 0x89, 0xee); // mov rsi, r13
  edx(RECORD_SIZE);
  call(1); // write(record, info, size)
  code.land(isRecorded);
  code.add(0x44, 0x39, 0xe3); // cmp ebx, r12d
  const isMain = code.jump(0x0f, 0x84); // je
  code.add(0x44, 0x89, 0xe7); // mov edi, r12d
  code.add(0x44, 0x89, 0xe6); // mov esi, r12d
  code.add(0x44, 0x89, 0xf2); // mov edx, r14d
  call(234); // tgkill(pid, main thread, signal)
  const wait = code.mark();
  call(34); // pause
  code.add(0xeb, (wait - (code.mark() + 2)) & 0xff); // jmp wait
  code.land(isMain);
  edi(SIG_SETMASK);
  rsi(context.allSignals);
  edx(0);
  code.add(0x41, 0xba, ...d32(8)); // mov r10d, 8
  call(14); // rt_sigprocmask
  edi(CLONE_FILES);
  call(272); // unshare
  code.add(0xbb, ...d32(FIRST)); // mov ebx, 3
  const loop = code.mark();
  code.add(0x89, 0xdf); // mov edi, ebx
  esi(F_SETFD);
  edx(0);
  call(72); // fcntl(ebx, F_SETFD, 0)
  code.add(0xff, 0xc3); // inc ebx
  code.add(0x81, 0xfb, ...d32(context.descriptors)); // cmp ebx, descriptors
  code.add(0x72, (loop - (code.mark() + 2)) & 0xff); // jb loop
  rdi(context.path);
  rsi(context.argv);
  rdx(context.envp);
  call(59); // execve
  code.land(isOver);
  edi(STATUS);
  call(231); // exit_group

  const back = code.mark();
  call(15); // rt_sigreturn
  return { code: code.bytes(), entries: { fault, exit, busy, return: back } };
}

/** Bytes, with jumps forward. */
class Assembly {
  readonly #bytes: number[] = [];

  add(...bytes: number[]): void {
    this.#bytes.push(...bytes);
  }

  /** The place of the next byte. */
  mark(): number {
    return this.#bytes.length;
  }

  /** A jump to a place that `land` sets, with a distance of 32 bits. */
  jump(...operation: number[]): number {
    this.add(...operation, 0, 0, 0, 0);
    return this.mark();
  }

  /** The jump that ends at `from` leads here. */
  land(from: number): void {
    const distance = new Uint8Array(new Int32Array([this.mark() - from]).buffer);
    this.#bytes.splice(from - distance.length, distance.length, ...distance);
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#bytes);
  }
}

function codeForArm(context: FaultCodeContext): FaultCode {
  const code: number[] = [];
  /** Puts a number into a register. */
  const set = (register: number, value: bigint | number) => {
    const wide = BigInt(value);
    for (let part = 0; part < 4; part++) {
      const half = Number(wide >> BigInt(16 * part) & 0xffffn);
      if (part === 0) code.push(0xd2800000 | half << 5 | register); // movz
      else if (half !== 0) code.push(0xf2800000 | part << 21 | half << 5 | register); // movk
    }
  };
  const call = (number: number) => {
    set(8, number);
    code.push(0xd4000001); // svc #0
  };
  const here = () => code.length;
  /** A branch to a place that `land` sets. */
  const branch = (instruction: number) => code.push(instruction) - 1;
  const land = (place: number) => {
    const distance = here() - place;
    code[place] |= (code[place] & 0xfc000000) === 0x14000000 ? distance : distance << 5;
  };

  const exit = here();
  set(9, context.armed);
  code.push(0xb9400129); // ldr w9, [x9]
  code.push(0x35000000 | 2 << 5 | 9); // cbnz w9, +2
  code.push(0xd65f03c0); // ret
  set(0, Signal.ABRT);
  set(1, context.noSignal);
  const toFault = branch(0x14000000); // b

  const busy = here();
  code.push(0xb9400029 | SI_CODE / 4 << 10); // ldr w9, [x1, SI_CODE]
  code.push(0x31000120 | -SI_TIMER << 10 | 31); // cmn w9, -SI_TIMER
  code.push(0x54000000 | 2 << 5); // b.eq +2
  code.push(0xd65f03c0); // ret: another program has sent the signal
  set(9, context.busyCount);
  code.push(0x885f7d2a); // ldxr w10, [x9]
  code.push(0x1100054a); // add  w10, w10, #1
  code.push(0x880b7d2a); // stxr w11, w10, [x9]
  code.push(0x35ffffab); // cbnz w11, the ldxr
  code.push(0x7100095f); // cmp  w10, #2
  const isFault = branch(0x54000002); // b.hs
  call(172); // getpid
  set(1, SIGURG);
  call(129); // kill
  code.push(0xd65f03c0); // ret

  const fault = here();
  set(9, context.armed);
  code.push(0xb9400129); // ldr w9, [x9]
  const isOver = branch(0x34000009); // cbz w9
  land(toFault);
  land(isFault);
  code.push(0xaa0003f5); // mov x21, x0: the signal
  code.push(0xaa0103f6); // mov x22, x1: its data
  call(178); // gettid
  code.push(0xaa0003f7); // mov x23, x0
  call(172); // getpid
  code.push(0xaa0003f8); // mov x24, x0
  set(9, context.faults);
  code.push(0x885f7d2a); // ldxr w10, [x9]
  code.push(0x1100054b); // add  w11, w10, #1
  code.push(0x880c7d2b); // stxr w12, w11, [x9]
  code.push(0x35ffffac); // cbnz w12, the ldxr
  const isRecorded = branch(0x3500000a); // cbnz w10
  set(0, context.record);
  code.push(0xaa1603e1); // mov x1, x22
  set(2, RECORD_SIZE);
  call(64); // write
  land(isRecorded);
  code.push(0xeb1802ff); // cmp x23, x24
  const isMain = branch(0x54000000); // b.eq
  code.push(0xaa1803e0, 0xaa1803e1, 0xaa1503e2); // mov x0, x24; mov x1, x24; mov x2, x21
  call(131); // tgkill
  const wait = here();
  for (let register = 0; register < 4; register++) set(register, 0);
  call(73); // ppoll
  code.push(0x14000000 | (wait - here() & 0x3ffffff)); // b wait
  land(isMain);
  set(0, SIG_SETMASK);
  set(1, context.allSignals);
  set(2, 0);
  set(3, 8);
  call(135); // rt_sigprocmask
  set(0, CLONE_FILES);
  call(97); // unshare
  set(19, FIRST);
  set(20, context.descriptors);
  const loop = here();
  code.push(0xaa1303e0); // mov x0, x19
  set(1, F_SETFD);
  set(2, 0);
  call(25); // fcntl
  code.push(0x91000673); // add x19, x19, #1
  code.push(0xeb14027f); // cmp x19, x20
  code.push(0x54000003 | (loop - here() & 0x7ffff) << 5); // b.lo loop
  set(0, context.path);
  set(1, context.argv);
  set(2, context.envp);
  call(221); // execve
  land(isOver);
  set(0, STATUS);
  call(94); // exit_group

  const back = here();
  call(139); // rt_sigreturn
  const bytes = new Uint8Array(new Uint32Array(code).buffer);
  return { code: bytes, entries: { fault: 4 * fault, exit: 4 * exit, busy: 4 * busy, return: 4 * back } };
}
