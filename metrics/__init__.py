"""Everything that is not Streamlit: strategy, sources, clearing, release, answers, charts."""
