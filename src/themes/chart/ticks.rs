//! Round numbers for an axis.

/// Ticks from 0 up to or just past `max`, about `wanted` of them, at steps of 1, 2 or 5 times a power of ten.
///
/// Heckbert, "Nice numbers for graph labels", in Glassner (ed.), *Graphics Gems*, 1990, 61–63; the step is rounded up
/// here, so that there are never more ticks than wanted. With `whole` no step is below 1: half a passage is not a
/// thing. An axis of nothing runs from 0 to 1.
pub fn nice_ticks(max: f64, wanted: usize, whole: bool) -> Vec<f64> {
    let wanted = wanted.max(1);
    if !(max.is_finite() && max > 0.0) {
        return vec![0.0, 1.0];
    }
    let rough = max / wanted as f64;
    let mut power = rough.log10().floor() as i32;
    let fraction = rough / 10f64.powi(power);
    // A step that is round already must not be pushed to the next by its last bit.
    let slack = 1.0 + 1e-9;
    let mut step = match fraction {
        f if f <= slack => 1,
        f if f <= 2.0 * slack => 2,
        f if f <= 5.0 * slack => 5,
        _ => 10,
    };
    if whole && power < 0 {
        (step, power) = (1, 0);
    }
    // i × step × 10^power, dividing where the power is negative: 3 / 10 is 0.3, 3 × 0.1 is not.
    let value = |i: usize| {
        let whole = (i * step) as f64;
        if power < 0 {
            whole / 10f64.powi(-power)
        } else {
            whole * 10f64.powi(power)
        }
    };
    let mut ticks = vec![0.0];
    while ticks[ticks.len() - 1] < max * (1.0 - 1e-9) {
        ticks.push(value(ticks.len()));
    }
    ticks
}

#[cfg(test)]
mod tests {
    use super::nice_ticks;
    use proptest::prelude::*;

    #[test]
    fn ticks_are_round() {
        assert_eq!(
            nice_ticks(94.0, 5, true),
            [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]
        );
        assert_eq!(nice_ticks(27.0, 3, true), [0.0, 10.0, 20.0, 30.0]);
        assert_eq!(nice_ticks(0.27, 3, false), [0.0, 0.1, 0.2, 0.3]);
        assert_eq!(nice_ticks(1000.0, 4, true), [0.0, 500.0, 1000.0]);
        assert_eq!(
            nice_ticks(100.0, 5, false),
            [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]
        );
        assert_eq!(
            nice_ticks(0.0007, 4, false),
            [0.0, 0.0002, 0.0004, 0.0006, 0.0008]
        );
    }

    #[test]
    fn counts_have_whole_ticks() {
        assert_eq!(nice_ticks(1.0, 5, true), [0.0, 1.0]);
        assert_eq!(nice_ticks(3.0, 5, true), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(nice_ticks(7.0, 5, true), [0.0, 2.0, 4.0, 6.0, 8.0]);
    }

    #[test]
    fn an_axis_of_nothing_still_has_ends() {
        for max in [0.0, -3.0, f64::NAN, f64::INFINITY] {
            assert_eq!(nice_ticks(max, 5, true), [0.0, 1.0]);
        }
    }

    proptest! {
        #[test]
        fn ticks_cover_the_maximum_and_are_few(max in 1e-9f64..1e12, wanted in 1usize..12) {
            let ticks = nice_ticks(max, wanted, false);
            let last = ticks[ticks.len() - 1];
            prop_assert!(last >= max * (1.0 - 1e-9));
            prop_assert!(ticks[ticks.len() - 2] < max);
            prop_assert!(ticks.len() <= wanted + 1);
        }
    }
}
