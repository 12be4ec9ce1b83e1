//! `sensors`: 5,000 readings of 24 sensors on one pump, five minutes apart. Load, ambient temperature, valve and wear
//! drive everything, so each sensor is predictable from the others; a planted fault breaks one of those relations while
//! every single value stays within its usual range.

use std::f64::consts::TAU;

use crate::data::samples::chance::Chance;
use crate::data::samples::made::Made;

const ROWS: usize = 5_000;
const PER_DAY: f64 = 288.0;
const PLANTED: usize = 50;

/// Name and decimals of each sensor.
const SENSORS: [(&str, i32); 24] = [
    ("load_kw", 2),
    ("speed_rpm", 0),
    ("torque_nm", 1),
    ("current_a", 2),
    ("current_b", 2),
    ("current_c", 2),
    ("voltage_v", 1),
    ("power_factor", 4),
    ("ambient_c", 2),
    ("humidity_pct", 1),
    ("inlet_c", 2),
    ("outlet_c", 2),
    ("oil_c", 2),
    ("winding_c", 2),
    ("bearing_front_c", 2),
    ("bearing_rear_c", 2),
    ("inlet_bar", 3),
    ("outlet_bar", 3),
    ("oil_bar", 3),
    ("flow_m3h", 2),
    ("valve_pct", 1),
    ("vibration_x", 4),
    ("vibration_y", 4),
    ("noise_db", 2),
];

pub(super) fn make(chance: &mut Chance) -> Made {
    let mut weather = 0.0;
    let mut rows: Vec<Vec<f64>> = (0..ROWS)
        .map(|row| {
            weather = 0.995 * weather + 0.1 * chance.normal();
            reading(row, weather, chance)
        })
        .collect();
    let healthy = rows.clone();
    let mut outlier = vec![false; ROWS];
    for (turn, row) in chance.distinct(PLANTED, ROWS).into_iter().enumerate() {
        outlier[row] = true;
        plant(turn, row, &mut rows[row], &healthy, chance);
    }
    let names = SENSORS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let decimals = SENSORS.map(|(_, decimals)| decimals);
    Made::from_rows(names, &decimals, &rows, outlier)
}

fn reading(row: usize, weather: f64, chance: &mut Chance) -> Vec<f64> {
    let day = TAU * row as f64 / PER_DAY;
    let shift = if (day / TAU).fract() > 0.3 { 1.0 } else { 0.6 };
    let load = (55.0 * shift * (1.0 + 0.1 * day.sin()) + 4.0 * chance.normal()).max(5.0);
    let valve = (40.0 + 0.6 * load + 3.0 * chance.normal()).clamp(5.0, 100.0);
    let ambient = 18.0 + 5.0 * (day - 0.8).sin() + 3.0 * weather;
    let wear = row as f64 / ROWS as f64;
    let speed = 1480.0 - 0.5 * load;
    let torque = load * 9549.0 / speed;
    let factor = 0.72 + 0.2 * (load / 60.0).tanh();
    let voltage = 400.0 - 0.05 * load;
    let amperes = load * 1000.0 / (3.0_f64.sqrt() * voltage * factor);
    let flow = valve * 1.4 + 0.2 * load;
    let (inlet, lift) = (
        2.4 - 0.004 * flow,
        6.0 + 0.05 * load - 0.000_15 * flow * flow,
    );
    let winding = ambient + 0.012 * amperes * amperes / 2.5 + 20.0;
    let bearing = ambient + 0.3 * load + 8.0 * wear + 10.0;
    let shake = 0.8 + 0.012 * load + 0.6 * wear;
    let exact = [
        load,
        speed,
        torque,
        amperes,
        amperes * 1.01,
        amperes * 0.99,
        voltage,
        factor,
        ambient,
        55.0 - 1.5 * (ambient - 18.0),
        ambient + 2.0,
        ambient + 2.0 + 0.25 * load,
        ambient + 0.35 * load + 15.0,
        winding,
        bearing,
        bearing - 2.0,
        inlet,
        inlet + lift,
        3.2 - 0.01 * (ambient + 0.35 * load),
        flow,
        valve,
        shake,
        0.8 * shake + 0.1,
        62.0 + 6.0 * shake + 0.05 * load,
    ];
    // Every sensor's own noise: half a percent of its size, or of one unit for the small ones.
    exact
        .into_iter()
        .map(|value: f64| value + 0.005 * value.abs().max(0.5) * chance.normal())
        .collect()
}

fn plant(turn: usize, row: usize, reading: &mut [f64], healthy: &[Vec<f64>], chance: &mut Chance) {
    let at = |name: &str| {
        SENSORS
            .iter()
            .position(|(sensor, _)| *sensor == name)
            .unwrap_or_default()
    };
    match turn % 5 {
        // A bearing that runs hot and shakes.
        0 => {
            reading[at("bearing_front_c")] += chance.uniform(6.0, 10.0);
            reading[at("vibration_x")] += chance.uniform(0.4, 0.8);
        }
        // A leak: flow and outlet pressure no longer follow the valve.
        1 => {
            reading[at("flow_m3h")] *= chance.uniform(0.75, 0.85);
            reading[at("outlet_bar")] -= chance.uniform(0.8, 1.4);
        }
        // A weak phase.
        2 => {
            reading[at("current_b")] *= chance.uniform(0.78, 0.86);
            reading[at("current_c")] *= chance.uniform(1.08, 1.14);
        }
        // Stuck transmitters: three sensors still say what they said half a day earlier or later.
        3 => {
            let away = (PER_DAY / 2.0) as usize;
            let other = if row >= away { row - away } else { row + away };
            for name in ["oil_c", "winding_c", "outlet_c"] {
                reading[at(name)] = healthy[other][at(name)];
            }
            reading[at("oil_bar")] += 0.15;
        }
        // Two plugs changed over.
        _ => reading.swap(at("inlet_c"), at("outlet_c")),
    }
}
