//! Complex numbers, as far as transforms need them.

use std::ops::{Add, Mul};

/// A complex number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Complex {
    pub(crate) re: f64,
    pub(crate) im: f64,
}

impl Complex {
    /// ln(1 + self) without loss where it is small.
    pub(crate) fn ln_1p(self) -> Self {
        let square = self.re * self.re + self.im * self.im;
        Self {
            re: 0.5 * (2.0 * self.re + square).ln_1p(),
            im: self.im.atan2(1.0 + self.re),
        }
    }

    /// e to the power of it.
    pub(crate) fn exp(self) -> Self {
        let (sin, cos) = self.im.sin_cos();
        let size = self.re.exp();
        Self {
            re: size * cos,
            im: size * sin,
        }
    }

    /// 1 over it.
    pub(crate) fn inverse(self) -> Self {
        let square = self.re * self.re + self.im * self.im;
        Self {
            re: self.re / square,
            im: -self.im / square,
        }
    }

    /// So many times it.
    pub(crate) fn times(self, factor: f64) -> Self {
        Self {
            re: self.re * factor,
            im: self.im * factor,
        }
    }

    /// Its absolute value.
    pub(crate) fn size(self) -> f64 {
        self.re.hypot(self.im)
    }
}

impl Add for Complex {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            re: self.re + other.re,
            im: self.im + other.im,
        }
    }
}

impl Mul for Complex {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self {
            re: self.re * other.re - self.im * other.im,
            im: self.re * other.im + self.im * other.re,
        }
    }
}
