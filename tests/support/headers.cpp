// SPDX-License-Identifier: MIT OR Apache-2.0
// Empty: a target's headers are compiled before its sources, and the tests take those of this one.
