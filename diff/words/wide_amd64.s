//go:build !race && !msan && !asan

// Sixteen words at a time, in AVX2. See doc.go for an overview.

#include "textflag.h"

// SEQUENCE sets Y0 to Y3 to AX, AX+BX, ... and Y4 to sixteen times BX.
#define SEQUENCE \
	MOVQ AX, X0                \
	ADDQ BX, AX                \
	MOVQ AX, X1                \
	PUNPCKLQDQ X1, X0          \
	MOVQ BX, X5                \
	VPBROADCASTQ X5, Y5        \
	VPADDQ Y5, Y5, Y6          \
	VPADDQ X6, X0, X1          \
	VINSERTI128 $1, X1, Y0, Y0 \
	VPADDQ Y6, Y6, Y7          \
	VPADDQ Y7, Y0, Y1          \
	VPADDQ Y7, Y1, Y2          \
	VPADDQ Y7, Y2, Y3          \
	VPSLLQ $2, Y7, Y4

// ADVANCE goes on by sixteen words.
#define ADVANCE \
	VPADDQ Y4, Y0, Y0 \
	VPADDQ Y4, Y1, Y1 \
	VPADDQ Y4, Y2, Y2 \
	VPADDQ Y4, Y3, Y3 \
	ADDQ $128, DI     \
	SUBQ $16, CX

// func fillWide(w []uint64, v, step uint64)
TEXT ·fillWide(SB), NOSPLIT, $0-40
	MOVQ w_base+0(FP), DI
	MOVQ w_len+8(FP), CX
	MOVQ v+24(FP), AX
	MOVQ step+32(FP), BX
	SEQUENCE
write:
	VMOVDQU Y0, (DI)
	VMOVDQU Y1, 32(DI)
	VMOVDQU Y2, 64(DI)
	VMOVDQU Y3, 96(DI)
	ADVANCE
	JNZ write
	VZEROUPPER
	RET

// func differWide(w []uint64, v, step uint64) uint64
TEXT ·differWide(SB), NOSPLIT, $0-48
	MOVQ w_base+0(FP), DI
	MOVQ w_len+8(FP), CX
	MOVQ v+24(FP), AX
	MOVQ step+32(FP), BX
	SEQUENCE
	VPXOR Y8, Y8, Y8
	VPXOR Y9, Y9, Y9
read:
	VPXOR (DI), Y0, Y10
	VPXOR 32(DI), Y1, Y11
	VPXOR 64(DI), Y2, Y12
	VPXOR 96(DI), Y3, Y13
	VPOR Y10, Y8, Y8
	VPOR Y11, Y9, Y9
	VPOR Y12, Y8, Y8
	VPOR Y13, Y9, Y9
	ADVANCE
	JNZ read
	VPOR Y8, Y9, Y8
	VEXTRACTI128 $1, Y8, X9
	VPOR X9, X8, X8
	VPSRLDQ $8, X8, X9
	VPOR X9, X8, X8
	VMOVQ X8, AX
	VZEROUPPER
	MOVQ AX, ret+40(FP)
	RET
