//! How far apart false alarms are: the average run length of a cumulative sum, and the threshold for one.
//!
//! The sum is max(0, sum + z − k) over standardised values z, an alarm above h. For normal values without a change, D. Siegmund's
//! approximation ("Sequential Analysis", Springer 1985; as D. C. Montgomery has it in "Introduction to Statistical Quality
//! Control", on the cusum) gives the number of values between two alarms: (e^u − u − 1) ÷ 2k², with u = 2k(h + 1.166).

/// What the sum overshoots its two borders by, together, in standard deviations.
const OVERSHOOT: f64 = 1.166;

/// How many values lie between two false alarms, for the reference value `k` and the threshold `h`, both in standard deviations.
pub fn run_length(k: f64, h: f64) -> f64 {
    let u = 2.0 * k * (h + OVERSHOOT);
    (u.exp() - u - 1.0) / (2.0 * k * k)
}

/// The threshold that leaves `values` between two false alarms; above 0, for a `k` above 0.
pub fn threshold(k: f64, values: f64) -> f64 {
    let wanted = 2.0 * k * k * values;
    // e^u = wanted + u + 1, by trying: each time the error becomes e^u times smaller.
    let mut u = (wanted + 1.0).ln().max(1.0);
    for _ in 0..STEPS {
        u = (wanted + u + 1.0).ln();
    }
    (u / (2.0 * k) - OVERSHOOT).max(LEAST)
}

/// Enough for all the digits of a u above 1.
const STEPS: usize = 12;
/// A sum of nothing is no alarm.
const LEAST: f64 = 0.1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_the_known_run_lengths_of_a_one_sided_sum() {
        // Twice the 168 and 465 that Montgomery's table has for both sides at k = 1/2.
        for (h, exact) in [(4.0, 336.0), (5.0, 930.0)] {
            assert!((run_length(0.5, h) / exact - 1.0).abs() < 0.02, "{h}: {}", run_length(0.5, h));
        }
    }

    #[test]
    fn the_threshold_is_the_one_of_its_run_length() {
        for k in [0.1, 0.25, 0.5, 1.0, 2.0] {
            let h = threshold(k, 432_000.0);
            assert!((run_length(k, h) / 432_000.0 - 1.0).abs() < 1e-6, "{k}: {h}");
        }
    }

    #[test]
    fn simulated_sums_alarm_as_often_as_was_computed() {
        let mut random = fastrand::Rng::with_seed(7);
        for k in [0.4, 0.7, 1.0] {
            let h = threshold(k, 2_000.0);
            let (mut sum, mut alarms, values) = (0.0_f64, 0_u32, 4_000_000);
            for _ in 0..values {
                let radius = (-2.0 * (1.0 - random.f64()).ln()).sqrt();
                let z = radius * (std::f64::consts::TAU * random.f64()).cos();
                sum = (sum + z - k).max(0.0);
                if sum > h {
                    (sum, alarms) = (0.0, alarms + 1);
                }
            }
            let between = f64::from(values) / f64::from(alarms);
            assert!((between / 2_000.0 - 1.0).abs() < 0.1, "{k}: {between}");
        }
    }
}
