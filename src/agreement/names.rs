//! The names that the command line, the API and the exports share for measures, scopes, reasons and choices.
//!
//! They live in one place, each with the word that is written and read, because other programs look results up by
//! these words: a measure cannot be called one thing in the input and another in the answer.

/// Declares an enum whose variants are written and read as fixed words.
macro_rules! names {
    ($(#[$outer:meta])* $name:ident { $($(#[$inner:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$inner])* $variant,)+ }

        impl $name {
            /// Every variant, in the order in which they are documented.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word that stands for it in files, in the API and on the command line.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The variant that a word stands for.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

names! {
    /// A coefficient or count; what each means is said where it is computed.
    Measure {
        Percent = "percent",
        KrippendorffAlpha = "krippendorff_alpha",
        CohenKappa = "cohen_kappa",
        ScottPi = "scott_pi",
        FleissKappa = "fleiss_kappa",
        CongerKappa = "conger_kappa",
        LightKappa = "light_kappa",
        GwetAc1 = "gwet_ac1",
        GwetAc2 = "gwet_ac2",
        BrennanPrediger = "brennan_prediger",
        PositiveAgreement = "positive_agreement",
        NegativeAgreement = "negative_agreement",
        CodedOnlyAgreement = "coded_only_agreement",
        PrevalenceIndex = "prevalence_index",
        BiasIndex = "bias_index",
        Holsti = "holsti",
        AlphaJaccard = "alpha_jaccard",
        AlphaMasi = "alpha_masi",
        UAlpha = "u_alpha",
        BarUAlpha = "bar_u_alpha",
        CuAlpha = "cu_alpha",
        KuAlpha = "ku_alpha",
        F1Exact = "f1_exact",
        F1Overlap = "f1_overlap",
        F1Iou = "f1_iou",
    }
}

names! {
    /// What a result is about.
    Scope {
        /// One code, present or not.
        Code = "code",
        /// Coded with anything, or not.
        Any = "any",
        /// Coincidences summed over the codes.
        Pooled = "pooled",
        /// The unweighted mean over the codes where the measure is defined.
        Mean = "mean",
        /// A set of codes that exclude each other.
        Domain = "domain",
        /// The set of codes on a unit.
        Sets = "sets",
        /// A reliability matrix.
        Matrix = "matrix",
    }
}

names! {
    /// Why a value does not exist.
    Reason {
        /// Every value is the same: chance agreement cannot be told from agreement (0/0).
        NoVariation = "no_variation",
        /// No unit has values of two coders.
        NoPairableUnits = "no_pairable_units",
        /// Nothing was coded, or nothing of the kind that the measure counts.
        NoSpans = "no_spans",
        /// Fewer than two coders.
        OneCoder = "one_coder",
        /// The documents that two coders have finished hold no units at all.
        EmptyText = "empty_text",
        /// A coder's codes overlap inside a domain whose codes must exclude each other.
        OverlappingCodes = "overlapping_codes",
        /// A mean over pairs of which one has no value.
        UndefinedPair = "undefined_pair",
    }
}

names! {
    /// What agreement is counted over.
    Unit {
        Character = "character",
        Token = "token",
        Sentence = "sentence",
        Paragraph = "paragraph",
        Document = "document",
    }
}

names! {
    /// How much of a unit must be coded for the unit to count as coded.
    Coverage {
        /// At least one character of it.
        Any = "any",
        /// At least half of its characters.
        Half = "half",
    }
}

names! {
    /// The metric of a reliability matrix, for Krippendorff's alpha.
    Level {
        Nominal = "nominal",
        Ordinal = "ordinal",
        Interval = "interval",
        Ratio = "ratio",
    }
}

names! {
    /// Credit for near misses, for the coefficients of Cohen, Fleiss, Scott, Conger, Gwet and Brennan-Prediger.
    Weights {
        None = "none",
        Linear = "linear",
        Quadratic = "quadratic",
        Ordinal = "ordinal",
    }
}

names! {
    /// Whether units with a single rating count in the category shares of AC1/AC2, Fleiss and Scott.
    Marginals {
        All = "all",
        Pairable = "pairable",
    }
}

names! {
    /// Which interval to compute.
    Interval {
        None = "none",
        Bootstrap = "bootstrap",
        Jackknife = "jackknife",
        Analytic = "analytic",
    }
}

names! {
    /// How a standard error and an interval were computed.
    CiMethod {
        ClusterBootstrap = "cluster_bootstrap",
        Jackknife = "jackknife",
        Analytic = "analytic",
    }
}

impl Unit {
    /// The coverage rule used where none is named: half of a token, any part of a longer unit.
    #[must_use]
    pub fn default_coverage(self) -> Coverage {
        if self == Self::Token {
            Coverage::Half
        } else {
            Coverage::Any
        }
    }
}

impl Measure {
    /// Whether the measure is computed for all coders together.
    #[must_use]
    pub fn for_all(self) -> bool {
        use Measure as M;
        matches!(
            self,
            M::Percent
                | M::KrippendorffAlpha
                | M::FleissKappa
                | M::CongerKappa
                | M::LightKappa
                | M::GwetAc1
                | M::GwetAc2
                | M::BrennanPrediger
                | M::AlphaJaccard
                | M::AlphaMasi
                | M::UAlpha
                | M::BarUAlpha
                | M::CuAlpha
                | M::KuAlpha
        )
    }

    /// Whether the measure is computed for two coders at a time.
    #[must_use]
    pub fn for_pairs(self) -> bool {
        use Measure as M;
        !matches!(
            self,
            M::FleissKappa | M::CongerKappa | M::LightKappa | M::AlphaJaccard | M::AlphaMasi
        )
    }

    /// Whether the measure applies to a reliability matrix.
    #[must_use]
    pub fn in_matrix(self) -> bool {
        use Measure as M;
        matches!(
            self,
            M::Percent
                | M::KrippendorffAlpha
                | M::CohenKappa
                | M::ScottPi
                | M::FleissKappa
                | M::CongerKappa
                | M::LightKappa
                | M::GwetAc1
                | M::GwetAc2
                | M::BrennanPrediger
        )
    }

    /// Whether the measure compares the sets of codes on a unit.
    #[must_use]
    pub fn of_sets(self) -> bool {
        matches!(self, Self::AlphaJaccard | Self::AlphaMasi)
    }

    /// Whether the measure belongs to the unitizing family, which works on the continuum of characters.
    #[must_use]
    pub fn of_continuum(self) -> bool {
        matches!(
            self,
            Self::UAlpha | Self::BarUAlpha | Self::CuAlpha | Self::KuAlpha
        )
    }

    /// Whether the measure matches spans with spans.
    #[must_use]
    pub fn of_spans(self) -> bool {
        matches!(self, Self::F1Exact | Self::F1Overlap | Self::F1Iou)
    }

    /// Whether the measure counts units that are coded or not (a binary table per code).
    #[must_use]
    pub fn of_units(self) -> bool {
        !(self.of_sets() || self.of_continuum() || self.of_spans())
    }
}
